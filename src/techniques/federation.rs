//! Tokens of one issuer that open another platform: what the trusted side says (`Terms::Bears`) joined with what the
//! trusting side says (`Federation`).
//!
//! They meet where the issuer is the same and some subject and audience fit both. That the trusting side takes only part
//! of what the bearer may present is enough: the attacker chooses among what he can obtain. What hangs on something is
//! conditional on it.
//!
//! Source: OpenID Connect Core 1.0, sections 2 (`iss`, `sub`, `aud`) and 3.1.3.7 (who checks a token checks its issuer and
//! audience); both sides' own documents tell which subjects there are.

use super::listed::Listed;
use super::{Derivation, Rule};
use crate::inventory::{PrincipalId, ScopeId, Terms};
use crate::pattern::{Pattern, overlap};
use crate::steps::{Control, Fact, NewStep};
use std::collections::BTreeMap;

pub(super) const RULE: Rule = Rule {
    id: "federation",
    about: "whoever can obtain a token of an issuer is whom others trust for it",
    derive,
};

static PRESENT_TOKEN: Listed = Listed {
    id: "oidc/present-token",
    platform: "any",
    name: "present a token of the trusted issuer",
    needs: "acting as who can obtain tokens of the issuer with a subject and audience that the other side takes",
    gains: "acting as whom the other side takes for the bearer",
    attack: &["T1550.001", "T1199"],
    fix: "narrow the subject of the trust, or keep the bearer from such tokens",
    source: "https://openid.net/specs/openid-connect-core-1_0.html",
};

pub(super) static TECHNIQUES: &[&Listed] = &[&PRESENT_TOKEN];

/// A glob with what a first look needs.
struct Glob<'g> {
    text: &'g str,
    pattern: Pattern,
}

impl<'g> Glob<'g> {
    fn new(text: &'g str) -> Self {
        Self {
            text,
            pattern: Pattern::new(text),
        }
    }

    /// Whether some text matches both. Most pairs differ before the first wildcard.
    fn meets(&self, other: &Self) -> bool {
        let pairs = self.text.bytes().zip(other.text.bytes());
        let is_wild = |byte: u8| matches!(byte, b'*' | b'?' | 1);
        let mut fixed = pairs.take_while(|&(a, b)| !is_wild(a) && !is_wild(b));
        fixed.all(|(a, b)| a == b) && overlap(&self.pattern, &other.pattern)
    }
}

/// One scope by which somebody bears tokens.
struct Bearing<'i> {
    scope: ScopeId,
    principal: PrincipalId,
    subject: Glob<'i>,
    audience: Option<Glob<'i>>,
    condition: Option<&'i str>,
}

fn derive(derivation: &mut Derivation<'_>) {
    let technique = derivation.listed(&PRESENT_TOKEN);
    let inventory = derivation.inventory;
    let mut by_issuer: BTreeMap<&str, Vec<Bearing<'_>>> = BTreeMap::new();
    for (id, scope) in inventory.scopes.entries() {
        if let Terms::Bears {
            principal,
            issuer,
            subject,
            audience,
            condition,
        } = &scope.terms
        {
            by_issuer.entry(issuer).or_default().push(Bearing {
                scope: id,
                principal: *principal,
                subject: Glob::new(subject),
                audience: audience.as_deref().map(Glob::new),
                condition: condition.as_deref(),
            });
        }
    }
    for federation in &inventory.federations {
        let Some(bearings) = by_issuer.get(federation.issuer.as_str()) else {
            continue;
        };
        let subject = Glob::new(&federation.subject);
        let audience = federation.audience.as_deref().map(Glob::new);
        for bearing in bearings {
            let is_for_them = match (&bearing.audience, &audience) {
                (Some(own), Some(asked)) => own.meets(asked),
                _ => true,
            };
            if !is_for_them || !bearing.subject.meets(&subject) {
                continue;
            }
            let mut evidence = inventory.scopes[bearing.scope].evidence.clone();
            evidence.push(federation.evidence);
            derivation.steps.add(NewStep {
                needs: &[Fact::Principal(bearing.principal)],
                gain: Fact::Principal(federation.principal),
                technique,
                controls: &[Control::Scope(bearing.scope)],
                evidence: &evidence,
                condition: bearing.condition,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::inventory::{
        Inventory, Key, PrincipalKind, PrincipalRecord, Record, ScopeRecord, Terms,
    };
    use crate::progress::Silent;
    use crate::sources::{ReadOptions, read};
    use crate::steps::Fact;
    use crate::techniques;
    use camino::Utf8PathBuf;
    use serde_json::{Value, json};

    const ISSUER: &str = "token.actions.githubusercontent.com";
    const ROLE: &str = "arn:aws:iam::111122223333:role/deploy";

    /// What a bearer presents.
    #[derive(Clone, Copy)]
    struct Token<'t> {
        issuer: &'t str,
        subject: &'t str,
        audience: Option<&'t str>,
        condition: Option<&'t str>,
    }

    fn of(subject: &str) -> Token<'_> {
        Token {
            issuer: ISSUER,
            subject,
            audience: None,
            condition: None,
        }
    }

    /// An account with a role that trusts an issuer under a condition, as `get-account-authorization-details` gives it.
    fn account(issuer: &str, condition: &Value) -> String {
        let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
            "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition,
            "Principal": {"Federated": format!("arn:aws:iam::111122223333:oidc-provider/{issuer}")}}]});
        json!({"UserDetailList": [], "GroupDetailList": [], "Policies": [], "RoleDetailList": [{
            "Path": "/", "RoleName": "deploy", "RoleId": "AROAEXAMPLE", "Arn": ROLE,
            "CreateDate": "2024-01-01T00:00:00Z", "AssumeRolePolicyDocument": trust,
            "InstanceProfileList": [], "RolePolicyList": [], "AttachedManagedPolicies": []}]})
        .to_string()
    }

    /// Whether a principal that can obtain that token becomes the role, and on what that hangs.
    fn becomes_with(issuer: &str, condition: &Value, token: Token<'_>) -> Option<Option<String>> {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
        let path = root.join("aws/111122223333/iam/account-authorization-details.json");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, account(issuer, condition)).unwrap();
        let reading = read(&[root], &ReadOptions::default(), &Silent);
        let mut records = reading.records;
        let place = records
            .iter()
            .find_map(|record| match record {
                Record::Principal(one) => Some(one.evidence.clone()),
                _ => None,
            })
            .unwrap();
        let bearer: Key = "bearer".into();
        records.push(Record::Principal(PrincipalRecord {
            key: bearer.clone(),
            aliases: Vec::new(),
            name: "bearer".to_owned(),
            kind: PrincipalKind::CiWorkflow,
            platform: "github",
            tenant: None,
            owner: None,
            created: None,
            last_used: None,
            tags: Vec::new(),
            evidence: place.clone(),
        }));
        records.push(Record::Scope(ScopeRecord {
            key: "bearer#subject".into(),
            name: "subject".to_owned(),
            terms: Terms::Bears {
                principal: bearer,
                issuer: token.issuer.to_owned(),
                subject: token.subject.to_owned(),
                audience: token.audience.map(str::to_owned),
                condition: token.condition.map(str::to_owned),
            },
            evidence: place,
        }));
        let as_of = "2026-11-01T00:00:00Z".parse().unwrap();
        let mut problems = Vec::new();
        let mut inventory = Inventory::build(reading.files, records, as_of, &mut problems);
        let (steps, _) = techniques::derive(&mut inventory);
        let id = |key: &str| Fact::Principal(inventory.principal_by_key(key).unwrap());
        let bearer = steps.fact_id(id("bearer"))?;
        let role = steps.fact_id(id(ROLE))?;
        // Over the stand-in of the trust: the bearer's step, then the trust's own.
        let presented = steps.ids().filter(|&step| {
            let technique = steps.step(step).technique;
            steps.techniques[technique].id == "oidc/present-token"
                && steps.step(step).needs.contains(&bearer)
        });
        for step in presented {
            let first = steps.step(step);
            let next = steps.ids().find(|&next| {
                steps.step(next).needs.contains(&first.gain) && steps.step(next).gain == role
            });
            let Some(next) = next else { continue };
            let conditions = [first.condition, steps.step(next).condition];
            let mut texts = conditions.into_iter().flatten();
            return Some(texts.next().map(|id| steps.conditions[id].clone()));
        }
        None
    }

    fn trusting(operator: &str, subject: &str) -> Value {
        json!({operator: {format!("{ISSUER}:sub"): subject}})
    }

    fn becomes(operator: &str, trusted: &str, token: Token<'_>) -> Option<Option<String>> {
        becomes_with(ISSUER, &trusting(operator, trusted), token)
    }

    const CERTAINLY: Option<Option<String>> = Some(None);

    #[test]
    fn a_subject_that_the_trust_takes_becomes_the_role_and_another_does_not() {
        let main = "repo:acme/shop:ref:refs/heads/main";
        assert_eq!(becomes("StringEquals", main, of(main)), CERTAINLY);
        let other = of("repo:acme/shop:ref:refs/heads/dev");
        assert_eq!(becomes("StringEquals", main, other), None);
        let of_other = of("repo:acme/shop-old:ref:refs/heads/main");
        assert_eq!(becomes("StringLike", "repo:acme/shop:*", of_other), None);
    }

    #[test]
    fn a_trust_in_a_repository_takes_any_of_its_refs() {
        for subject in [
            "repo:acme/shop:ref:refs/heads/dev",
            "repo:acme/shop:ref:refs/heads/\u{1}",
            "repo:acme/shop:environment:prod",
            "repo:acme/shop:pull_request",
        ] {
            let answer = becomes("StringLike", "repo:acme/shop:*", of(subject));
            assert_eq!(answer, CERTAINLY, "{subject}");
        }
    }

    #[test]
    fn who_may_choose_among_branches_has_the_one_that_the_trust_takes_and_no_environment() {
        let branches = of("repo:acme/shop:ref:refs/heads/\u{1}");
        let main = "repo:acme/shop:ref:refs/heads/main";
        assert_eq!(becomes("StringEquals", main, branches), CERTAINLY);
        let prod = "repo:acme/shop:environment:prod";
        assert_eq!(becomes("StringEquals", prod, branches), None);
        // A value holds no colon: no branch is called `x:environment:prod`.
        let anywhere = "repo:acme/shop:*:environment:prod";
        assert_eq!(becomes("StringLike", anywhere, branches), None);
    }

    #[test]
    fn subjects_with_numbers_meet_trusts_with_numbers_only() {
        let immutable = of("repo:acme@12/shop@34:ref:refs/heads/main");
        let trusted = "repo:acme@12/shop@34:*";
        assert_eq!(becomes("StringLike", trusted, immutable), CERTAINLY);
        assert_eq!(becomes("StringLike", "repo:acme/shop:*", immutable), None);
        let reused = of("repo:acme@99/shop@34:ref:refs/heads/main");
        assert_eq!(becomes("StringLike", trusted, reused), None);
    }

    #[test]
    fn the_issuer_and_the_audience_must_fit_too() {
        let main = "repo:acme/shop:ref:refs/heads/main";
        let elsewhere = Token {
            issuer: "token.actions.example.com",
            ..of(main)
        };
        assert_eq!(becomes("StringEquals", main, elsewhere), None);
        // A cluster's trust names an audience that tells clients apart.
        let cluster = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE";
        let subject = "system:serviceaccount:shop:api";
        let condition = json!({"StringEquals": {
            format!("{cluster}:sub"): subject, format!("{cluster}:aud"): "sts.amazonaws.com"}});
        let with = |audience| {
            let token = Token {
                issuer: cluster,
                subject,
                audience,
                condition: None,
            };
            becomes_with(cluster, &condition, token)
        };
        assert_eq!(with(Some("sts.amazonaws.com")), CERTAINLY);
        assert_eq!(with(Some("vault")), None);
        assert_eq!(with(None), CERTAINLY, "at the bearer's choice");
    }

    #[test]
    fn what_the_bearer_can_only_perhaps_obtain_makes_the_role_possible_only() {
        let main = "repo:acme/shop:ref:refs/heads/main";
        let perhaps = Token {
            condition: Some("somebody approves"),
            ..of(main)
        };
        let answer = becomes("StringEquals", main, perhaps);
        assert_eq!(answer, Some(Some("somebody approves".to_owned())));
    }
}
