//! A hand-built analysis to test reports with: three credentials that leak, an AND, conditions, and hostile names.

use crate::analysis::{
    Analysis, Bound, Breakdown, CoverageGap, Element, Goal, Leak, Measure, Narrowing, Organisation,
    Plan, PlannedFix, PricedFix, Proof, ReachSummary, ReachedResource, ScenarioReach,
    Sensitivities, Unlabelled,
};
use crate::findings::{CHECKS, Finding, Part, Severity as Gravity, Thing};
use crate::inventory::*;
use crate::problem::{Problem, ProblemCode, Severity};
use crate::risk::{Band, Mode, Model, Points, Vector};
use crate::steps::{Control, Fact, NewStep, StepId, Steps, StepsBuilder, Technique};

/// A name that breaks out of HTML.
pub(crate) const MARKUP: &str = "octo\"><script>alert(1)</script>&amp;'";
/// A name that breaks out of DOT.
pub(crate) const DOT_BREAKER: &str = "deploy\"; x [label=\"owned\\";
/// A name that breaks out of a line, and writes backwards.
pub(crate) const LINE_BREAKER: &str = "pay\nroll\u{202e}gpj.exe\t\u{1b}[31mred\u{1b}]0;title\u{7}";

/// An ARN of 300 characters.
pub(crate) fn long_arn() -> String {
    let mut arn = "arn:aws:s3:::".to_owned();
    while arn.len() < 300 {
        arn.push_str("very-long-");
    }
    arn.truncate(300);
    arn
}

fn at(text: &str) -> Option<jiff::Timestamp> {
    Some(text.parse().unwrap())
}

fn summary(
    points: u64,
    credentials: u64,
    principals: u64,
    resources: u64,
    crowns: u64,
) -> ReachSummary {
    ReachSummary {
        points: Points::hundredths(points),
        credentials,
        principals,
        resources,
        crowns,
        tenants: 0,
    }
}

/// The terms of so many restricted resources that are read.
fn vector(certain: u64, possible: u64) -> Vector {
    let terms = |count: u64| match count {
        0 => "-".to_owned(),
        count => format!("read.restricted.x5*{count}"),
    };
    let (certain, possible) = (terms(certain), terms(possible));
    format!("br-1/P:0.9995..0.9999/C:{certain}/M:{possible}")
        .parse()
        .unwrap()
}

fn inventory() -> Inventory {
    let mut inventory = Inventory::default();
    inventory.as_of = at("2026-01-15T08:30:00Z").unwrap();
    let files = [
        (
            "exports/aws/authorization.json",
            48_213,
            "aws-authorization-details",
            812,
        ),
        (
            "exports/aws/access-keys.csv",
            2_100,
            "aws-credential-report",
            31,
        ),
        (
            "exports/github/<b>secrets</b>.json",
            9_001,
            "github-secret-scanning",
            7,
        ),
    ]
    .map(|(path, bytes, source, records)| {
        inventory.files.push(File {
            path: path.into(),
            bytes,
            sources: vec![source],
            records,
            covers: Vec::new(),
        })
    });
    let places: Vec<EvidenceId> = (0u32..12)
        .map(|n| {
            inventory.evidence.push(Evidence {
                file: files[n as usize % 3],
                line: 10 + 7 * n,
                pointer: format!("/UserDetailList/{n}/a~1b/Statement/{n}").into(),
                is_in_text: n == 9,
            })
        })
        .collect();
    let e = |n: usize| vec![places[n]];
    for (key, platform, identifier, name) in [
        (
            "aws:account:111122223333",
            "aws",
            "111122223333",
            Some("production"),
        ),
        ("github:org:octo", "github", MARKUP, None),
    ] {
        inventory.tenants.push(Tenant {
            key: key.into(),
            platform,
            identifier: identifier.to_owned(),
            name: name.map(str::to_owned),
            environment: Label::default(),
            owner: None,
            hierarchy: Hierarchy::default(),
            evidence: e(0),
        });
    }
    for (key, name, kind, tenant, owner) in [
        (
            "arn:aws:iam::111122223333:user/ci-bot",
            "ci-bot",
            PrincipalKind::User,
            0,
            Some("platform team"),
        ),
        (
            "arn:aws:iam::111122223333:role/prod-deployer",
            "prod-deployer",
            PrincipalKind::Role,
            0,
            None,
        ),
        (
            "arn:aws:iam::111122223333:role/breaker",
            DOT_BREAKER,
            PrincipalKind::Role,
            0,
            None,
        ),
        (
            "github:user:grace",
            "grace",
            PrincipalKind::Human,
            1,
            Some("Grace H\u{f6}pper \u{65e5}\u{672c}"),
        ),
        (
            "github:workflow:release",
            MARKUP,
            PrincipalKind::CiWorkflow,
            1,
            None,
        ),
    ] {
        inventory.principals.push(Principal {
            key: key.into(),
            aliases: Vec::new(),
            name: name.to_owned(),
            kind,
            platform: if tenant == 0 { "aws" } else { "github" },
            tenant: Some(TenantId(tenant)),
            owner: owner.map(str::to_owned),
            created: None,
            last_used: None,
            last_review: None,
            tags: Vec::new(),
            is_stub: false,
            evidence: e(1),
        });
    }
    for (key, name, kind, principal, lifetime) in [
        (
            "aws:access-key:AKIAEXAMPLEEXAMPLE01",
            "AKIAEXAMPLEEXAMPLE01",
            CredentialKind::AccessKey,
            Some(0),
            Lifetime::Static,
        ),
        (
            "github:pat:17",
            "\u{1b}[31mrelease token",
            CredentialKind::PersonalAccessToken,
            Some(3),
            Lifetime::Expiring,
        ),
        (
            "found:notes.txt#PARTNER_KEY",
            "PARTNER_KEY",
            CredentialKind::Unknown,
            None,
            Lifetime::Unknown,
        ),
        (
            "aws:secret:payroll",
            LINE_BREAKER,
            CredentialKind::ConnectionString,
            None,
            Lifetime::Static,
        ),
    ] {
        inventory.credentials.push(Credential {
            key: key.into(),
            name: name.to_owned(),
            kind,
            identifier: (kind == CredentialKind::AccessKey).then(|| name.to_owned()),
            principal: principal.map(PrincipalId),
            status: if principal.is_some() {
                CredentialStatus::Active
            } else {
                CredentialStatus::Unknown
            },
            lifetime,
            created: at("2023-02-03T04:05:06Z"),
            expires: (lifetime == Lifetime::Expiring)
                .then(|| at("2026-06-01T00:00:00Z"))
                .flatten(),
            last_used: (kind == CredentialKind::AccessKey)
                .then(|| at("2026-01-14T22:00:00Z"))
                .flatten(),
            last_review: (kind == CredentialKind::AccessKey)
                .then(|| at("2025-11-03T00:00:00Z"))
                .flatten(),
            second_factor: None,
            evidence: e(2),
        });
    }
    let long = long_arn();
    for (key, name, kind, sensitivity, tenant) in [
        (
            "arn:aws:s3:::customer-data",
            "customer-data",
            "s3:bucket",
            Sensitivity::Crown,
            Some(0),
        ),
        (
            "arn:aws:secretsmanager:payroll",
            LINE_BREAKER,
            "secretsmanager:secret",
            Sensitivity::Restricted,
            Some(0),
        ),
        (
            long.as_str(),
            long.as_str(),
            "s3:bucket",
            Sensitivity::Internal,
            Some(0),
        ),
        (
            "github:repo:octo/site",
            "octo/site",
            "github:repository",
            Sensitivity::Confidential,
            Some(1),
        ),
    ] {
        inventory.resources.push(Resource {
            key: key.into(),
            aliases: Vec::new(),
            name: name.to_owned(),
            kind: kind.to_owned(),
            platform: "aws",
            tenant: tenant.map(TenantId),
            tags: Vec::new(),
            encryption_key: None,
            environment: Label::default(),
            sensitivity,
            sensitivity_assumed: None,
            owner: None,
            is_stub: false,
            is_class: false,
            evidence: e(3),
        });
    }
    for (key, name, kind, resource, lying) in [
        (
            "repository-file:octo/site/.env@abc",
            "octo/site/.env",
            ExposureKind::RepositoryFile,
            Some(3),
            vec![0, 1],
        ),
        (
            "device-file:laptop/notes",
            "notes.txt",
            ExposureKind::DeviceFile,
            None,
            vec![2],
        ),
    ] {
        inventory.exposures.push(Exposure {
            key: key.into(),
            name: name.to_owned(),
            kind,
            resource: resource.map(ResourceId),
            holders: Vec::new(),
            lying: lying
                .into_iter()
                .map(|credential| Lying {
                    credential: CredentialId(credential),
                    name: "AWS_KEY".to_owned(),
                    doubt: None,
                    sight: Sight::default(),
                    evidence: places[8],
                })
                .collect(),
            ended: Vec::new(),
            evidence: e(8),
        });
    }
    inventory.policies.push(Policy {
        key: "arn:aws:iam::111122223333:policy/deploy".into(),
        name: "deploy".to_owned(),
        tenant: Some(TenantId(0)),
        guardrail: None,
        versions: None,
        is_missing: false,
        evidence: e(4),
    });
    let statement = |sid: &str| Statement {
        sid: Some(sid.to_owned()),
        effect: Effect::Allow,
        principals: None,
        actions: Clause {
            is_negated: false,
            values: vec!["sts:AssumeRole".to_owned(), LINE_BREAKER.to_owned()],
        },
        resources: None,
        conditions: Vec::new(),
    };
    for (key, name, terms, place) in [
        (
            "deploy#AssumeAnything",
            "AssumeAnything",
            Terms::Statement {
                policy: PolicyId(0),
                statement: statement("AssumeAnything"),
            },
            5,
        ),
        (
            "deploy@ci-bot",
            "deploy on ci-bot",
            Terms::Attachment {
                policy: PolicyId(0),
                principal: PrincipalId(0),
                is_inline: false,
            },
            6,
        ),
        (
            "prod-deployer#trust/AnyUser",
            "AnyUser",
            Terms::Trust {
                principal: PrincipalId(1),
                statement: statement("AnyUser"),
            },
            7,
        ),
        (
            "customer-data#policy/Public\"><script>",
            "Public\"><script>",
            Terms::ResourcePolicy {
                resource: ResourceId(0),
                statement: statement("Public\"><script>"),
            },
            9,
        ),
        ("octo:reviewers", "reviewers", Terms::Stated, 10),
    ] {
        inventory.scopes.push(Scope {
            key: key.into(),
            name: name.to_owned(),
            terms,
            evidence: e(place),
        });
    }
    for (by, of, last) in [
        (
            0,
            Used::Action("sts:AssumeRole".to_owned()),
            LastUse::At(at("2025-12-24T10:00:00Z").unwrap()),
        ),
        (1, Used::Anything, LastUse::NotWithin(Some(400))),
    ] {
        inventory.usages.push(Usage {
            by: UsedBy::Principal(PrincipalId(by)),
            of,
            last,
            user: None,
            observed: at("2026-01-10T00:00:00Z"),
            evidence: places[11],
        });
    }
    inventory
}

fn steps() -> Steps {
    let mut builder = StepsBuilder::new();
    let mut technique = |id: &str, name: &str, attack: &[&str]| {
        builder.technique(&Technique {
            id: id.to_owned(),
            name: name.to_owned(),
            attack: attack.iter().map(|&id| id.to_owned()).collect(),
            source: "https://docs.example/rule".to_owned(),
        })
    };
    let lies = technique(
        "exposure/read",
        "reads the credential where it lies",
        &["T1552.001"],
    );
    let uses = technique("credential/use", "uses the credential", &["T1078.004"]);
    let may = technique("aws/allowed", "is allowed by policy", &[]);
    let assumes = technique("aws/assume-role", "assumes the role", &["T1550.001"]);
    let reads = technique("aws/read", "reads what the policy allows", &["T1530"]);
    let approves = technique(
        "github/second-approval",
        "opens and approves a pull request",
        &["T1195.002"],
    );
    let assume = builder.subject("sts:AssumeRole", "role/prod-deployer");
    let e = EvidenceId;
    let mut add = |needs: &[Fact],
                   gain: Fact,
                   technique,
                   controls: &[Control],
                   evidence: &[EvidenceId],
                   condition: Option<&str>| {
        builder.add(NewStep {
            needs,
            gain,
            technique,
            controls,
            evidence,
            condition,
        });
    };
    use Fact::{Access as Reach, Credential as Holds, Principal as Acts};
    let (bot, deployer, breaker, grace, flow) = (
        PrincipalId(0),
        PrincipalId(1),
        PrincipalId(2),
        PrincipalId(3),
        PrincipalId(4),
    );
    add(
        &[Fact::Exposure(ExposureId(0))],
        Holds(CredentialId(0)),
        lies,
        &[Control::Exposure(ExposureId(0))],
        &[e(8)],
        None,
    );
    add(
        &[Holds(CredentialId(0))],
        Acts(bot),
        uses,
        &[Control::Credential(CredentialId(0))],
        &[e(2)],
        None,
    );
    add(
        &[Acts(bot)],
        Fact::Right(bot, assume),
        may,
        &[Control::Scope(ScopeId(0)), Control::Scope(ScopeId(1))],
        &[e(5), e(6)],
        None,
    );
    add(
        &[Fact::Right(bot, assume)],
        Acts(deployer),
        assumes,
        &[Control::Scope(ScopeId(2))],
        &[e(7)],
        None,
    );
    add(
        &[Acts(deployer)],
        Reach(ResourceId(0), Access::Read),
        reads,
        &[Control::Scope(ScopeId(3))],
        &[e(9)],
        None,
    );
    add(
        &[Acts(deployer)],
        Acts(breaker),
        assumes,
        &[],
        &[e(7)],
        Some("whether `aws:SourceIp` is inside the office network"),
    );
    add(
        &[Acts(breaker)],
        Reach(ResourceId(1), Access::Read),
        reads,
        &[],
        &[e(3)],
        None,
    );
    add(
        &[Reach(ResourceId(1), Access::Read)],
        Holds(CredentialId(3)),
        lies,
        &[],
        &[e(3)],
        None,
    );
    add(
        &[Holds(CredentialId(1))],
        Acts(grace),
        uses,
        &[Control::Credential(CredentialId(1))],
        &[e(2)],
        None,
    );
    add(
        &[Acts(grace)],
        Reach(ResourceId(3), Access::Write),
        reads,
        &[Control::Scope(ScopeId(4))],
        &[e(10)],
        None,
    );
    add(
        &[Reach(ResourceId(3), Access::Write), Holds(CredentialId(0))],
        Acts(flow),
        approves,
        &[Control::Scope(ScopeId(4))],
        &[e(10)],
        None,
    );
    add(
        &[Acts(flow)],
        Reach(ResourceId(2), Access::Admin),
        reads,
        &[],
        &[e(11)],
        None,
    );
    add(
        &[Fact::Exposure(ExposureId(0))],
        Holds(CredentialId(1)),
        lies,
        &[Control::Exposure(ExposureId(0))],
        &[e(8)],
        None,
    );
    builder.build()
}

fn reached(
    steps: &Steps,
    resource: u32,
    access: Access,
    points: u64,
    is_certain: bool,
    hops: u32,
    proof: &[u32],
) -> ReachedResource {
    ReachedResource {
        resource: ResourceId(resource),
        access,
        points: Points::hundredths(points),
        is_certain,
        hops,
        proof: Proof {
            steps: proof.iter().map(|&id| StepId(id)).collect(),
            goal: steps.fact_id(Fact::Access(ResourceId(resource), access)),
        },
    }
}

/// One finding with a path, one of hostile names, one of a control, one that has no place.
fn findings(steps: &Steps) -> Vec<Finding> {
    let finding =
        |id: &str, severity, subject: Thing, object: Option<Thing>, text: Vec<Part>| Finding {
            check: CHECKS.iter().find(|check| check.id == id).unwrap(),
            fingerprint: format!("{:0<32}", id.replace('-', "").to_lowercase()),
            severity,
            subject,
            object,
            text,
            evidence: vec![EvidenceId(8), EvidenceId(3)],
            proof: Vec::new(),
            points: Some(Points::hundredths(21_000)),
        };
    let key = Thing::Credential(CredentialId(0));
    let payroll = Thing::Credential(CredentialId(3));
    let place = Thing::Exposure(ExposureId(0));
    let crown = Thing::Resource(ResourceId(0));
    let mut controls = steps.controls.entries();
    let (policy, _) = controls
        .find(|&(_, &one)| one == Control::Scope(ScopeId(3)))
        .unwrap();
    let policy = Thing::Control(policy);
    let says = |parts: &[&dyn Fn() -> Part]| parts.iter().map(|part| part()).collect::<Vec<_>>();
    let name = |thing: &Thing| {
        let thing = thing.clone();
        move || Part::from(thing.clone())
    };
    let told = says(&[&name(&key), &|| " reaches ".into(), &name(&crown)]);
    let leaked = says(&[
        &name(&payroll),
        &|| " lies in ".into(),
        &name(&place),
        &|| " of ".into(),
        &|| {
            Part::Told(format!(
                "{MARKUP} {DOT_BREAKER} [a](https://example) @someone `|` =1"
            ))
        },
    ]);
    let open = says(&[&name(&policy), &|| " lets anybody in".into()]);
    let gap = says(&[&|| Part::Told("account 111122223333".to_owned())]);
    vec![
        Finding {
            proof: [1, 2, 3, 4].map(StepId).to_vec(),
            ..finding("BR-PTH-01", Gravity::Critical, key, Some(crown), told)
        },
        finding("BR-SCP-07", Gravity::Critical, policy, None, open),
        finding("BR-EXP-02", Gravity::High, payroll, Some(place), leaked),
        Finding {
            evidence: Vec::new(),
            points: None,
            ..finding(
                "BR-COV-01",
                Gravity::Info,
                Thing::Unknown("account 111122223333".to_owned()),
                None,
                gap,
            )
        },
    ]
}

/// The sample.
pub(crate) fn analysis() -> Analysis {
    let inventory = inventory();
    let steps = steps();
    let scenario =
        |leak, rank, certain: ReachSummary, possible: ReachSummary, unknown: Option<&str>, top| {
            ScenarioReach {
                leak,
                rank,
                certain,
                possible,
                vector: vector(certain.resources, possible.resources),
                band: match (possible.points.in_hundredths(), unknown) {
                    (0, Some(_)) => Band::Unknown,
                    (0, None) => Band::None,
                    (..=10_000, _) => Band::High,
                    _ => Band::Critical,
                },
                unknown: unknown.map(str::to_owned),
                top,
                breakdown: Breakdown::default(),
            }
        };
    let bucket = reached(&steps, 0, Access::Read, 18_000, true, 3, &[1, 2, 3, 4]);
    let payroll = reached(&steps, 1, Access::Read, 6_000, false, 4, &[1, 2, 3, 5, 6]);
    let both = reached(
        &steps,
        2,
        Access::Admin,
        100,
        true,
        5,
        &[0, 12, 8, 9, 10, 11],
    );
    let site = reached(&steps, 3, Access::Write, 2_400, true, 2, &[8, 9]);
    let credentials = vec![
        scenario(
            Leak::Credential(CredentialId(0)),
            1,
            summary(18_000, 0, 2, 1, 1),
            summary(24_000, 1, 3, 2, 1),
            None,
            vec![bucket.clone(), payroll.clone()],
        ),
        scenario(
            Leak::Credential(CredentialId(1)),
            2,
            summary(2_400, 0, 1, 1, 0),
            summary(2_400, 0, 1, 1, 0),
            None,
            vec![site.clone()],
        ),
        scenario(
            Leak::Credential(CredentialId(3)),
            3,
            summary(0, 0, 0, 0, 0),
            summary(0, 0, 0, 0, 0),
            None,
            Vec::new(),
        ),
        scenario(
            Leak::Credential(CredentialId(2)),
            3,
            summary(0, 0, 0, 0, 0),
            summary(0, 0, 0, 0, 0),
            Some("no export says whose key this is"),
            Vec::new(),
        ),
    ];
    let exposures = vec![
        scenario(
            Leak::Exposure(ExposureId(0)),
            1,
            summary(20_500, 2, 4, 3, 1),
            summary(26_500, 3, 5, 4, 1),
            None,
            vec![both],
        ),
        scenario(
            Leak::Exposure(ExposureId(1)),
            2,
            summary(0, 1, 0, 0, 0),
            summary(0, 1, 0, 0, 0),
            Some("no export says whose key `PARTNER_KEY` is"),
            Vec::new(),
        ),
    ];
    let usages = crate::fixes::Usages::new(&inventory);
    let edits = crate::fixes::Edits::new(&inventory);
    let fix = |control,
               rank,
               certain,
               possible,
               credentials,
               example: Option<(u32, &ReachedResource)>| {
        let control = steps
            .controls
            .entries()
            .find(|&(_, &c)| c == control)
            .unwrap()
            .0;
        PricedFix {
            control,
            rank,
            certain: Points::hundredths(certain),
            possible: Points::hundredths(possible),
            credentials,
            last_used: usages.of(steps.controls[control]),
            edits: edits.of(steps.controls[control], None),
            narrowing: None,
            example: example
                .map(|(credential, reached)| (CredentialId(credential), reached.clone())),
        }
    };
    let narrowing = Narrowing {
        element: Element::Action,
        dropped: vec!["sts:AssumeRole".to_owned()],
        added: Vec::new(),
        last_used: usages.of_actions(ScopeId(0), &["sts:AssumeRole".to_owned()]),
        kept: vec![LINE_BREAKER.to_owned()],
        is_unused: false,
        steps: steps
            .ids()
            .filter(|&id| steps.techniques[steps.step(id).technique].id == "aws/allowed")
            .collect(),
    };
    let narrowed = PricedFix {
        edits: edits.of(Control::Scope(ScopeId(0)), Some(&narrowing)),
        last_used: narrowing.last_used.clone(),
        narrowing: Some(narrowing),
        ..fix(Control::Scope(ScopeId(0)), 3, 18_000, 18_000, 1, None)
    };
    let fixes = vec![
        fix(
            Control::Scope(ScopeId(2)),
            1,
            18_000,
            24_000,
            1,
            Some((0, &bucket)),
        ),
        fix(
            Control::Scope(ScopeId(0)),
            1,
            18_000,
            24_000,
            1,
            Some((0, &payroll)),
        ),
        fix(
            Control::Scope(ScopeId(3)),
            3,
            18_000,
            18_000,
            1,
            Some((0, &bucket)),
        ),
        narrowed,
        fix(
            Control::Scope(ScopeId(4)),
            5,
            2_400,
            2_400,
            1,
            Some((1, &site)),
        ),
    ];
    let bands = [
        (Band::Critical, 1),
        (Band::High, 1),
        (Band::Medium, 0),
        (Band::Low, 0),
        (Band::None, 1),
        (Band::Unknown, 1),
    ];
    let findings = findings(&steps);
    Analysis {
        findings,
        model: Model::new(&inventory, Mode::BlastRadius),
        organisation: Organisation {
            certain: Points::hundredths(30_000),
            possible: Points::hundredths(40_000),
            measure: Measure::Mean,
            value: Points::hundredths(200_000),
            concentration: 0.875,
            coverage: (3, 4),
            bands: bands.to_vec(),
            sensitivities: vec![Sensitivities {
                haunt: Haunt::PublicCode,
                delay: "9 minutes",
                total: (Points::hundredths(20_410), Points::hundredths(26_410)),
            }],
            unaccepted: None,
        },
        unlabelled: vec![Unlabelled {
            kind: "s3:bucket".to_owned(),
            tenant: Some(TenantId(0)),
            assumed: Sensitivity::Confidential,
            resources: vec![ResourceId(0), ResourceId(1)],
            at: [180, 1_800, 5_400, 18_000, 54_000].map(Points::hundredths),
        }],
        total: (Points::hundredths(20_400), Points::hundredths(26_400)),
        problems: vec![
            Problem {
                path: "exports/aws/broken.json".into(),
                line: Some(17),
                pointer: "/Roles/3".to_owned(),
                severity: Severity::Skipped,
                code: ProblemCode::BadRecord,
                message: "the role has no `Arn`".to_owned(),
                help: "export it again with `aws iam get-account-authorization-details`".to_owned(),
            },
            Problem {
                path: "exports/\u{1b}[2Jgone.json".into(),
                line: None,
                pointer: String::new(),
                severity: Severity::Skipped,
                code: ProblemCode::SavedError,
                message: "this is a saved error answer: `AccessDenied <b>`".to_owned(),
                help: String::new(),
            },
            Problem {
                path: "exports/github/<b>secrets</b>.json".into(),
                line: Some(1),
                pointer: String::new(),
                severity: Severity::Doubt,
                code: ProblemCode::Truncated,
                message: "the export holds exactly 100 alerts, a full page".to_owned(),
                help: "fetch the next pages with `--paginate`".to_owned(),
            },
        ],
        ignored: vec!["exports/README.md".into()],
        gaps: vec![CoverageGap {
            subject: "account 111122223333".to_owned(),
            text: "service control policies are not in the input: rights may be smaller than shown"
                .to_owned(),
            remedy: "aws organizations list-policies".to_owned(),
        }],
        credentials,
        exposures,
        fixes,
        candidates: 9,
        bounded: 2,
        over_time: Default::default(),
        inventory,
        steps,
    }
}

/// A plan of that analysis with everything that a plan can say.
pub(crate) fn plan(analysis: &Analysis) -> Plan {
    let steps = &analysis.steps;
    let removing = |control: Control, rank: u64, gain: (u64, u64)| {
        let mut controls = steps.controls.entries();
        let (control, _) = controls.find(|&(_, &c)| c == control).unwrap();
        PricedFix {
            control,
            narrowing: None,
            rank,
            certain: Points::hundredths(gain.0),
            possible: Points::hundredths(gain.1),
            credentials: 1,
            last_used: crate::fixes::Usages::new(&analysis.inventory).of(steps.controls[control]),
            edits: crate::fixes::Edits::new(&analysis.inventory).of(steps.controls[control], None),
            example: None,
        }
    };
    let planned = |fix: PricedFix, effort: u64, so_far: (u64, u64)| PlannedFix {
        effort,
        so_far: (Points::hundredths(so_far.0), Points::hundredths(so_far.1)),
        alternatives: Vec::new(),
        after: None,
        together: Vec::new(),
        read_by: Vec::new(),
        is_renewed: false,
        places: Vec::new(),
        left: Vec::new(),
        life: crate::fixes::life(&analysis.inventory, steps.controls[fix.control]),
        survivor: crate::fixes::survivor(&analysis.inventory, steps.controls[fix.control]),
        fix,
    };
    let credential = |id: u32| Control::Credential(CredentialId(id));
    let scope = |id: u32| Control::Scope(ScopeId(id));
    let place = Control::Exposure(ExposureId(0));
    let narrowed = analysis.fixes[3].clone();
    let token = steps.fact_id(Fact::Credential(CredentialId(1))).unwrap();
    let fixes = vec![
        PlannedFix {
            left: vec![CredentialId(2)],
            ..planned(removing(place, 1, (0, 0)), 3, (0, 0))
        },
        PlannedFix {
            alternatives: vec![(removing(scope(0), 2, (18_000, 24_000)), 8), (narrowed, 3)],
            ..planned(removing(scope(2), 2, (18_000, 24_000)), 4, (18_000, 24_000))
        },
        PlannedFix {
            after: Some(0),
            together: vec![2, 3],
            is_renewed: true,
            places: vec![ExposureId(0)],
            ..planned(removing(credential(0), 3, (0, 0)), 4, (18_000, 24_000))
        },
        PlannedFix {
            together: vec![2, 3],
            read_by: vec![token],
            is_renewed: true,
            ..planned(
                removing(credential(1), 4, (2_400, 2_400)),
                12,
                (20_400, 26_400),
            )
        },
    ];
    Plan {
        goal: Goal::Budget(1_234),
        measure: Measure::Mean,
        effort: 23,
        gain: (Points::hundredths(20_400), Points::hundredths(26_400)),
        total: analysis.total,
        lost: (Points::hundredths(12_000), Points::hundredths(13_000)),
        bound: Bound::Gain(Points::hundredths(46_900).0),
        kept: vec![CredentialId(2), CredentialId(3)],
        edits: crate::fixes::joined(
            &analysis.inventory,
            fixes.iter().flat_map(|one| &one.fix.edits),
        ),
        candidates: 9,
        left_out: Vec::new(),
        fixes,
    }
}
