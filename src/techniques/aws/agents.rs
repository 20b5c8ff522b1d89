//! Amazon Bedrock AgentCore: software there has the credentials of its role, and a token vault gives what it keeps to
//! whom rights and a workload's token let in.
//!
//! What the vault does is not one entry of the catalogue: one request is on a provider, its vault, a workload identity
//! and the directory of those, reads the provider's secret as its caller, and bears a token that another request, on the
//! same identity, has fetched. Because of the secret, the vault opens no key and no client that reading the secret does
//! not open; tokens that users have let a provider have are in the vault alone.
//!
//! Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon Bedrock AgentCore";
//! AgentCore Developer Guide, "Understanding Credentials Management", "Get workload access token", "Scope down access to
//! credential providers by workload identity", and "Security and access controls" of the harness, whose policies give
//! whoever asks the vault the right to read the provider's secret too (read 2026-11).

use super::super::listed::Listed;
use super::catalogue::{Need, On};
use super::holders::Holder;
use super::service_roles::is_any_source;
use super::targets::Target;
use super::{Aws, and, unless_denied};
use crate::inventory::{
    Access, CredentialId, Effect, ExposureKind, PrincipalId, ResourceId, ScopeId, TenantId, Terms,
};
use crate::platforms::aws::{Caller, Outcome, callers};
use crate::steps::{Fact, TechniqueId};
use rustc_hash::{FxHashMap, FxHashSet};

const SERVICE: &str = "bedrock-agentcore.amazonaws.com";
const API_KEY: &str = "bedrock-agentcore:GetResourceApiKey";
const OAUTH_TOKEN: &str = "bedrock-agentcore:GetResourceOauth2Token";
const READ_SECRET: &str = "secretsmanager:GetSecretValue";

/// How a workload's token is fetched: whether it is for a user, and on what else that hangs.
const TOKENS: [(&str, bool, Option<&str>); 3] = [
    ("bedrock-agentcore:GetWorkloadAccessToken", false, None),
    (
        "bedrock-agentcore:GetWorkloadAccessTokenForUserId",
        true,
        None,
    ),
    (
        "bedrock-agentcore:GetWorkloadAccessTokenForJWT",
        true,
        Some("a token of a user from their identity provider"),
    ),
];

/// The actions that are asked about here.
pub(super) const ACTIONS: [&str; 6] = [
    API_KEY,
    OAUTH_TOKEN,
    READ_SECRET,
    TOKENS[0].0,
    TOKENS[1].0,
    TOKENS[2].0,
];

/// Software into which code is put, so that it may ask for the credentials of its role: a gateway runs none.
const SOFTWARE: [&str; 3] = [
    "bedrock-agentcore:runtime",
    "bedrock-agentcore:code-interpreter-custom",
    "bedrock-agentcore:browser-custom",
];

/// A place of the service: an account and a region of it.
type Place = (TenantId, String);

/// By provider: its credential, and the secret in which that lies.
type Secrets = FxHashMap<String, (CredentialId, ResourceId)>;

/// A workload identity.
struct Identity {
    target: Target,
    /// A runtime or gateway has it: AWS gives its tokens to that, and to no caller.
    is_managed: bool,
    who: Option<PrincipalId>,
}

/// What the tokens of a place are: of an identity alone, and of one with a user.
#[derive(Clone, Copy)]
struct Tokens {
    any: Option<Fact>,
    of_user: Option<Fact>,
}

fn region(arn: &str) -> String {
    arn.split(':').nth(3).unwrap_or_default().to_owned()
}

static ROLE: Listed = Listed {
    id: "aws/agentcore-role",
    platform: "aws",
    name: "ask the metadata service for the role's credentials",
    needs: "acting as the runtime, interpreter or browser",
    gains: "acting as its role",
    attack: &["T1552.005", "T1078.004"],
    fix: "give it a role that may do less",
    source: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/security-credentials-management.html",
};

static VAULT_KEY: Listed = Listed {
    id: "aws/agentcore-vault-api-key",
    platform: "aws",
    name: "ask the token vault for the API key",
    needs: "the rights to a workload token and to the key, of one principal or of two",
    gains: "the API key that the provider keeps",
    attack: &["T1555.006"],
    fix: "narrow GetResourceApiKey to the identities that use it",
    source: "https://docs.aws.amazon.com/bedrock-agentcore/latest/APIReference/API_GetResourceApiKey.html",
};

static VAULT_TOKEN: Listed = Listed {
    id: "aws/agentcore-vault-user-token",
    platform: "aws",
    name: "ask the token vault for a user's token",
    needs: "the rights to a workload token for the user and to the token",
    gains: "the token of the user",
    attack: &["T1555.006", "T1528"],
    fix: "narrow GetResourceOauth2Token to the identities that use it",
    source: "https://docs.aws.amazon.com/bedrock-agentcore/latest/APIReference/API_GetResourceOauth2Token.html",
};

pub(super) static TECHNIQUES: &[&Listed] = &[&ROLE, &VAULT_KEY, &VAULT_TOKEN];

impl Aws<'_, '_, '_> {
    /// The principal that the software on a resource is, where it is one of its own.
    pub(super) fn software(&self, resource: ResourceId) -> Option<PrincipalId> {
        let resource = &self.inventory.resources[resource];
        let is_software = SOFTWARE.contains(&resource.kind.as_str());
        is_software
            .then(|| self.inventory.principal_by_key(&resource.key))
            .flatten()
    }

    pub(super) fn agents(&mut self) {
        self.roles_of_software();
        let identities = self.identities();
        let secrets = self.secrets();
        let mut places: Vec<&Place> = identities.keys().collect();
        places.sort_unstable();
        for place in places {
            if let Some(identities) = identities.get(place) {
                self.vaults_of(place, identities, &secrets);
            }
        }
    }

    /// Whoever acts as software asks its metadata service for the credentials of its role, in every network mode.
    fn roles_of_software(&mut self) {
        let technique = self.derivation.listed(&ROLE);
        for (scope, grant) in self.inventory.scopes.entries() {
            let Terms::RunsAs {
                resource,
                principal,
            } = grant.terms
            else {
                continue;
            };
            let Some(software) = self.software(resource) else {
                continue;
            };
            let thing = self.inventory.resources[resource].key.clone();
            for (trust, condition) in self.trusts_service(principal, &thing) {
                let scopes: Vec<ScopeId> = [scope].into_iter().chain(trust).collect();
                self.step(
                    &[Fact::Principal(software)],
                    Fact::Principal(principal),
                    technique,
                    &scopes,
                    condition.as_deref(),
                );
            }
        }
    }

    /// By which statements of its trust a role lets the service act as it for `thing`, and on what that hangs.
    fn trusts_service(
        &self,
        role: PrincipalId,
        thing: &str,
    ) -> Vec<(Option<ScopeId>, Option<String>)> {
        if self.inventory.principals[role].is_stub {
            let unknown = format!("the role trusts {SERVICE}: no export tells");
            return vec![(None, Some(unknown))];
        }
        let Some(tenant) = self.inventory.principals[role].tenant else {
            return Vec::new();
        };
        let account = &self.inventory.tenants[tenant].identifier;
        let assume = self.actions.id("sts:AssumeRole", None);
        let limit = self.rights.resource_limit_of_service(tenant, assume);
        let Some(limited) = unless_denied(limit.admits(&self.inventory.principals[role].key))
        else {
            return Vec::new();
        };
        let Some(denied) = self.unless_denied_by_trust(role, SERVICE, account) else {
            return Vec::new();
        };
        let mut ways = Vec::new();
        for &scope in self.targets.trust(role) {
            let grant = &self.inventory.scopes[scope];
            let Some((statement, clause)) = self.own_statement(scope) else {
                continue;
            };
            let is_named = callers(self.inventory, clause)
                .iter()
                .any(|caller| matches!(caller, Caller::Service(name) if name == SERVICE));
            let is_allowing = statement.effect == Effect::Allow
                && self.rights.matches_action(grant, assume)
                && !clause.is_negated;
            if !is_named || !is_allowing {
                continue;
            }
            let mut asked = statement.clone();
            let is_region = |other: &str| other == region(thing);
            asked
                .conditions
                .retain(|condition| !is_any_source(condition, thing, &is_region));
            let (outcome, keys) = self.rights.service_outcome(&asked, account);
            let own = match outcome {
                Outcome::NotMet => continue,
                Outcome::Met => None,
                Outcome::Open => Some(format!("{keys} in statement `{}`", grant.name)),
            };
            let condition = and(and(own, denied.as_deref()), limited.as_deref());
            ways.push((Some(scope), condition));
        }
        ways
    }

    fn identities(&self) -> FxHashMap<Place, Vec<Identity>> {
        let managed: FxHashSet<PrincipalId> = self
            .inventory
            .scopes
            .iter()
            .filter_map(|scope| match scope.terms {
                Terms::Drives { driven, .. } => Some(driven),
                _ => None,
            })
            .collect();
        let mut identities: FxHashMap<Place, Vec<Identity>> = FxHashMap::default();
        let on = On::Resource("bedrock-agentcore:workload-identity".to_owned());
        for target in self.targets.of(self.inventory, &on) {
            let who = self.inventory.principal_by_key(&target.arn);
            identities
                .entry((target.account, region(&target.arn)))
                .or_default()
                .push(Identity {
                    is_managed: who.is_some_and(|who| managed.contains(&who)),
                    who,
                    target,
                });
        }
        identities
    }

    /// The credentials of providers, and the secrets in which they lie.
    fn secrets(&self) -> Secrets {
        self.inventory
            .exposures
            .iter()
            .filter(|exposure| exposure.kind == ExposureKind::SecretStore)
            .filter_map(|exposure| {
                let provider = exposure.key.strip_prefix("aws:agentcore-secret:")?;
                let credential = exposure.lying.first()?.credential;
                Some((provider.to_owned(), (credential, exposure.resource?)))
            })
            .collect()
    }

    /// What the vaults of one place give.
    fn vaults_of(&mut self, place: &Place, identities: &[Identity], secrets: &Secrets) {
        for (action, kind) in [
            (API_KEY, "bedrock-agentcore:apikeycredentialprovider"),
            (OAUTH_TOKEN, "bedrock-agentcore:oauth2credentialprovider"),
        ] {
            let is_key = action == API_KEY;
            let technique = self.vault_technique(is_key);
            let on = On::Resource(kind.to_owned());
            let mut providers = self.targets.of(self.inventory, &on);
            providers.retain(|p| p.account == place.0 && region(&p.arn) == place.1);
            if providers.is_empty() {
                continue;
            }
            let tokens: Vec<Tokens> = identities.iter().map(|one| self.tokens(one)).collect();
            let id = self.actions.id(action, None);
            for holder in self.holders.holders_in(id, place.0) {
                let bearing = self.bearing(action, holder, identities, &tokens, place);
                let Some(bearing) = bearing else {
                    continue;
                };
                for provider in &providers {
                    let Some(&(credential, secret)) = secrets.get(&provider.arn) else {
                        continue;
                    };
                    let gain = if is_key {
                        Some(Fact::Credential(credential))
                    } else {
                        self.vault_of(&provider.arn)
                            .map(|vault| Fact::Access(vault, Access::Read))
                    };
                    if let Some(gain) = gain {
                        self.taken(action, holder, provider, secret, bearing, gain, technique);
                    }
                }
            }
        }
    }

    fn vault_technique(&mut self, is_key: bool) -> TechniqueId {
        self.derivation
            .listed(if is_key { &VAULT_KEY } else { &VAULT_TOKEN })
    }

    fn vault_of(&self, provider: &str) -> Option<ResourceId> {
        self.inventory.resource_by_key(vault_arn(provider)?)
    }

    /// The facts of holding a token of an identity; the requests that fetch one.
    fn tokens(&mut self, identity: &Identity) -> Tokens {
        let arn = identity.target.arn.clone();
        let any = self.token_subject(&arn, false);
        let of_user = self.token_subject(&arn, true);
        let mut tokens = Tokens {
            any: None,
            of_user: None,
        };
        if identity.is_managed {
            // "Runtime-managed agent identities cannot retrieve workload access tokens directly" (Get workload access
            // token): they come with each invocation of the agent.
            if let Some(who) = identity.who {
                let delivered = Some("an invocation brings the agent a token of its identity");
                for fact in [any, of_user] {
                    self.step(&[Fact::Principal(who)], fact, self.request, &[], delivered);
                }
                tokens.any = Some(any);
                tokens.of_user = Some(of_user);
            }
            return tokens;
        }
        for (action, is_of_user, condition) in TOKENS {
            let condition = and(
                Some("no runtime or gateway has the identity".to_owned()),
                condition,
            );
            let id = self.actions.id(action, None);
            for holder in self.holders.holders_in(id, identity.target.account) {
                let Some(rights) = self.rights_on_identity(action, holder, &identity.target) else {
                    continue;
                };
                self.step(&rights, any, self.request, &[], condition.as_deref());
                tokens.any = Some(any);
                if is_of_user {
                    self.step(&rights, of_user, self.request, &[], condition.as_deref());
                    tokens.of_user = Some(of_user);
                }
            }
        }
        tokens
    }

    fn token_subject(&mut self, identity: &str, is_of_user: bool) -> Fact {
        let words = if is_of_user {
            "hold a token for a user"
        } else {
            "hold a token"
        };
        Fact::Act(self.derivation.steps.subject(words, identity))
    }

    /// A holder's rights to do an action on an identity and on its directory; `None` unless it has both.
    fn rights_on_identity(
        &mut self,
        action: &str,
        holder: Holder,
        identity: &Target,
    ) -> Option<[Fact; 2]> {
        let (directory, _) = identity.arn.split_once("/workload-identity/")?;
        let directory = directory.to_owned();
        Some([
            self.right_beside(action, holder, identity, &identity.arn)?,
            self.right_beside(action, holder, identity, &directory)?,
        ])
    }

    /// A holder's right on something of the vault, which has no policy of its own.
    fn right_beside(
        &mut self,
        action: &str,
        holder: Holder,
        beside: &Target,
        arn: &str,
    ) -> Option<Fact> {
        let need = Need {
            action: action.to_owned(),
            on: On::Fixed,
            arn: arn.to_owned(),
            to: None,
        };
        self.right(&need, holder, beside, arn)
    }

    /// That a holder may make the request for one of the identities of a place, of which a token is held.
    fn bearing(
        &mut self,
        action: &str,
        holder: Holder,
        identities: &[Identity],
        tokens: &[Tokens],
        place: &Place,
    ) -> Option<Fact> {
        let words = format!("an identity of {} whose token is held", place.1);
        let bearing = self.right_of(holder, action, &words);
        let mut is_possible = false;
        for (identity, tokens) in identities.iter().zip(tokens) {
            // A key is the same for every user; tokens of a provider are each of one user.
            let token = if action == API_KEY {
                tokens.any
            } else {
                tokens.of_user
            };
            let Some(token) = token else {
                continue;
            };
            let Some([one, other]) = self.rights_on_identity(action, holder, &identity.target)
            else {
                continue;
            };
            self.step(&[one, other, token], bearing, self.request, &[], None);
            is_possible = true;
        }
        is_possible.then_some(bearing)
    }

    /// The step by which a holder takes what the vault keeps for a provider.
    #[expect(
        clippy::too_many_arguments,
        reason = "one request has that many sides, and they are used once"
    )]
    fn taken(
        &mut self,
        action: &str,
        holder: Holder,
        provider: &Target,
        secret: ResourceId,
        bearing: Fact,
        gain: Fact,
        technique: TechniqueId,
    ) {
        let Some(vault) = vault_arn(&provider.arn).map(str::to_owned) else {
            return;
        };
        let of_secret = &self.inventory.resources[secret];
        let secret_target = Target {
            arn: of_secret.key.to_string(),
            what: Some(secret),
            is_encrypted: of_secret.encryption_key.is_some(),
            evidence: of_secret.evidence.first().copied(),
            ..provider.clone()
        };
        let read = Need {
            action: READ_SECRET.to_owned(),
            on: On::Resource(of_secret.kind.clone()),
            arn: secret_target.arn.clone(),
            to: None,
        };
        let rights = [
            self.right_beside(action, holder, provider, &provider.arn),
            self.right_beside(action, holder, provider, &vault),
            // The service reads the secret with the rights of its caller.
            self.right(&read, holder, &secret_target, &secret_target.arn),
        ];
        let [Some(on_provider), Some(on_vault), Some(on_secret)] = rights else {
            return;
        };
        let mut condition = secret_target
            .is_encrypted
            .then(|| "kms:Decrypt on the secret's customer-managed key".to_owned());
        if action == OAUTH_TOKEN {
            let is_encrypted = self
                .vault_of(&provider.arn)
                .is_some_and(|id| self.inventory.resources[id].encryption_key.is_some());
            let key = is_encrypted.then_some("kms:Decrypt on the vault's customer-managed key");
            condition = and(condition, key);
            // "For OAuth2 (3LO) providers, the end user must have completed authorization before any credentials exist to
            // retrieve for that workload identity and user combination." (Scope down access)
            condition = and(
                condition,
                Some("a user has let the provider act for them through that identity"),
            );
        }
        self.step_on(
            Some(provider),
            &[on_provider, on_vault, on_secret, bearing],
            gain,
            technique,
            &[],
            condition.as_deref(),
        );
    }
}

/// The vault that a provider is in, by its ARN: `…:token-vault/ID/…credentialprovider/NAME`.
fn vault_arn(provider: &str) -> Option<&str> {
    let (vault, _) = provider.rsplit_once('/')?;
    Some(vault.rsplit_once('/')?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_in_its_vault() {
        let vault = "arn:aws:bedrock-agentcore:eu-west-1:111122223333:token-vault/default";
        assert_eq!(
            vault_arn(&format!("{vault}/apikeycredentialprovider/search")),
            Some(vault)
        );
    }
}
