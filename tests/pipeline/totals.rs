//! The organisation's score, where reach lies, and what to classify next: by hand, on a small estate.

use crate::findings::analyzed;
use leakreach::analysis::{
    Analysis, FixLimit, Measure, Memory, Mode, Options, ReadOptions, analyze,
};
use leakreach::inventory::{Access, Sensitivity};
use leakreach::progress::Silent;
use leakreach::risk::{Band, NO_BORDER, Points};
use serde_json::json;

/// Of what never ends, leaked in public code, in ten-thousandths.
const CHANCE: u64 = 9_999;

/// Two keys read one table, one of them possibly writes another and administers the ledger at a border; of a third nothing
/// is known.
fn estate() -> String {
    let key = |id: &str, principal: &str| {
        json!({"id": id, "type": "access-key", "principal": principal, "status": "active",
        "created": "2026-01-01T00:00:00Z", "expires": "never"})
    };
    json!({
        "leakreach": 1,
        "tenants": [{"id": "here", "platform": "acme"}, {"id": "there", "platform": "acme"}],
        "principals": [
            {"id": "a", "type": "role", "tenant": "here", "platform": "acme"},
            {"id": "b", "type": "role", "tenant": "here", "platform": "acme"}],
        "credentials": [key("ka", "a"), key("kb", "b"), {"id": "kc", "type": "api-key"}],
        "resources": [
            {"id": "orders", "type": "table", "tenant": "here", "platform": "acme", "environment": "production"},
            {"id": "visits", "type": "table", "tenant": "here", "platform": "acme"},
            {"id": "unread", "type": "table", "tenant": "here", "platform": "acme"},
            {"id": "vault", "type": "secretsmanager:secret", "tenant": "here", "platform": "acme"},
            {"id": "ledger", "type": "table", "tenant": "there", "platform": "acme", "sensitivity": "crown"}],
        "steps": [
            {"needs": ["principal:a"], "gain": "read:orders"},
            {"needs": ["principal:b"], "gain": "read:orders"},
            {"needs": ["principal:b"], "gain": "write:visits", "condition": "whether it is noon"},
            {"needs": ["principal:b"], "gain": "admin:ledger"},
            {"needs": ["principal:b"], "gain": "list:vault"}]
    })
    .to_string()
}

fn estate_is() -> Analysis {
    analyzed(&[("r.json", &estate())])
}

/// V · A in hundredths, times the quarters of the border and the chance.
fn weight(value_tenths: u64, access_tenths: u64, quarters: u64) -> u64 {
    value_tenths * access_tenths * quarters * CHANCE
}

#[test]
fn the_score_counts_each_resource_once() {
    let analysis = estate_is();
    let whole = &analysis.organisation;
    let p = 0.9999;
    let points = |points: Points| points.0 as f64 / 4_000_000.0;
    // Internal ones are worth 1, the secret 10, the ledger 30.
    let orders = 1.0 - (1.0 - p * 0.6) * (1.0 - p * 0.6);
    let certain = orders + 10.0 * 0.2 * p + 30.0 * p;
    assert!((points(whole.certain) - certain).abs() < 1e-5);
    assert!((points(whole.possible) - certain - 0.8 * p).abs() < 1e-5);
    assert_eq!(whole.value, Points::hundredths(100 * (3 + 10 + 30)));
    assert_eq!(
        whole.score(),
        Points::one((whole.certain, whole.possible), Measure::Mean)
    );
    assert!(whole.certain < whole.score() && whole.score() < whole.possible);
    // What all points count twice is lost once.
    assert!(whole.certain < analysis.total.0);
    assert_eq!(whole.coverage, (2, 3));
    assert!((whole.covered() - 2.0 / 3.0).abs() < 1e-9);
    // One of three credentials is the first tenth.
    let all = Points::one(analysis.total, Measure::Mean);
    let heaviest = analysis.credentials[0].points(Measure::Mean);
    assert!((whole.concentration - heaviest.share_of(all)).abs() < 1e-6);
    assert!(whole.concentration > 0.9);
    let of = |band| whole.bands.iter().find(|one| one.0 == band).unwrap().1;
    assert_eq!([of(Band::Critical), of(Band::Unknown)], [1, 1]);
    assert_eq!(whole.bands.iter().map(|one| one.1).sum::<usize>(), 3);
}

#[test]
fn nothing_is_covered_whole_where_there_is_nothing() {
    let none = json!({"leakreach": 1, "resources": [{"id": "a", "type": "table"}]}).to_string();
    let whole = analyzed(&[("r.json", &none)]).organisation;
    assert_eq!(whole.coverage, (0, 0));
    assert_eq!((whole.covered(), whole.concentration), (1.0, 0.0));
    assert_eq!((whole.certain, whole.possible), (Points(0), Points(0)));
}

#[test]
fn what_to_classify_next_is_what_most_points_hang_on() {
    let analysis = estate_is();
    let key = |id| analysis.inventory.resources[id].key.to_string();
    let groups: Vec<(&str, Sensitivity, Vec<String>)> = analysis
        .unlabelled
        .iter()
        .map(|group| {
            let keys = group.resources.iter().map(|&id| key(id)).collect();
            (group.kind.as_str(), group.assumed, keys)
        })
        .collect();
    let named = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect::<Vec<_>>();
    // The ledger is labelled; what nobody reaches decides nothing.
    assert_eq!(
        groups,
        [
            ("table", Sensitivity::Internal, named(&["orders", "visits"])),
            (
                "secretsmanager:secret",
                Sensitivity::Restricted,
                named(&["vault"])
            ),
        ]
    );
    // Two keys read (0.6), one possibly writes (0.8): the mean.
    let table = |tenths: u64| {
        let certain = 2 * weight(tenths, 6, NO_BORDER);
        let possible = certain + weight(tenths, 8, NO_BORDER);
        Points((certain + possible) / 2)
    };
    let tables = &analysis.unlabelled[0];
    assert_eq!(tables.at, [1, 10, 30, 100, 300].map(table));
    assert_eq!(tables.swing(), table(300) - table(10));
    let secret = |tenths: u64| Points(weight(tenths, 2, NO_BORDER));
    let secrets = &analysis.unlabelled[1];
    assert_eq!(secrets.at, [1, 10, 30, 100, 300].map(secret));
    assert_eq!(secrets.swing(), secret(300) - secret(100));
}

#[test]
fn behind_a_border_more_hangs_on_a_label() {
    let text = estate().replace(r#","sensitivity":"crown""#, "");
    assert_ne!(text, estate());
    let analysis = analyzed(&[("r.json", &text)]);
    let ledger = analysis
        .unlabelled
        .iter()
        .find(|group| group.tenant.map(|id| &*analysis.inventory.tenants[id].key) == Some("there"))
        .unwrap();
    let all = |tenths: u64| Points(weight(tenths, 10, NO_BORDER + 1));
    assert_eq!(ledger.at, [1, 10, 30, 100, 300].map(all));
}

#[test]
fn at_most_ten_groups_are_listed_the_weightiest_first() {
    let kinds: Vec<String> = (0..12).map(|at| format!("kind-{at:02}")).collect();
    let resources: Vec<_> = kinds
        .iter()
        .map(|kind| json!({"id": format!("of-{kind}"), "type": kind}))
        .collect();
    // The last two are written, all others listed.
    let steps: Vec<_> = kinds
        .iter()
        .enumerate()
        .map(|(at, kind)| {
            let access = if at < 10 { "list" } else { "write" };
            json!({"needs": ["principal:a"], "gain": format!("{access}:of-{kind}")})
        })
        .collect();
    let text = json!({"leakreach": 1, "principals": [{"id": "a"}], "resources": resources, "steps": steps,
        "credentials": [{"id": "k", "type": "access-key", "principal": "a", "expires": "never"}]});
    let analysis = analyzed(&[("r.json", &text.to_string())]);
    let listed = analysis.unlabelled.iter().map(|group| group.kind.as_str());
    let listed: Vec<&str> = listed.collect();
    let expected = [10, 11].into_iter().chain(0..8);
    let expected: Vec<&str> = expected.map(|at| kinds[at].as_str()).collect();
    assert_eq!(listed, expected);
}

#[test]
fn reach_is_broken_down_by_kind_access_environment_and_tenant() {
    let analysis = estate_is();
    let key = |id| analysis.inventory.credentials[id].key.to_string();
    let of_b = analysis.credentials.iter().find(|one| match one.leak {
        leakreach::analysis::Leak::Credential(id) => key(id) == "kb",
        leakreach::analysis::Leak::Exposure(_) => false,
    });
    let parts = &of_b.unwrap().breakdown;
    let row = |share: &leakreach::analysis::BreakdownShare| {
        let points = (share.certain_points.0, share.possible_points.0);
        (share.certain, share.possible, points.0, points.1)
    };
    let (near, far) = (NO_BORDER, NO_BORDER + 1);
    let reads = weight(10, 6, near);
    let writes = weight(10, 8, near);
    let lists = weight(100, 2, near);
    let administers = weight(300, 10, far);
    let kinds: Vec<_> = parts
        .kinds
        .iter()
        .map(|(name, share)| (name.as_str(), row(share)))
        .collect();
    assert_eq!(
        kinds,
        [
            ("secretsmanager:secret", (1, 1, lists, lists)),
            (
                "table",
                (2, 3, reads + administers, reads + administers + writes)
            ),
        ]
    );
    // A rung weighs what it adds; each resource stands on all that it is reached by.
    let accesses: Vec<_> = parts
        .accesses
        .iter()
        .map(|(&access, share)| (access, row(share)))
        .collect();
    let rung = |tenths: u64| weight(10, tenths, near);
    let ledger = |tenths: u64| weight(300, tenths, far);
    assert_eq!(
        accesses,
        [
            (
                Access::List,
                (
                    3,
                    4,
                    rung(2) + ledger(2) + lists,
                    2 * rung(2) + ledger(2) + lists
                )
            ),
            (
                Access::Read,
                (2, 3, rung(4) + ledger(4), 2 * rung(4) + ledger(4))
            ),
            (Access::Write, (1, 2, ledger(2), rung(2) + ledger(2))),
            (Access::Delete, (1, 1, ledger(1), ledger(1))),
            (Access::Admin, (1, 1, ledger(1), ledger(1))),
        ]
    );
    let environments: Vec<_> = parts
        .environments
        .iter()
        .map(|(name, share)| (name.as_str(), row(share)))
        .collect();
    let others = administers + lists;
    assert_eq!(
        environments,
        [
            ("", (2, 3, others, others + writes)),
            ("production", (1, 1, reads, reads))
        ]
    );
    let tenants: Vec<_> = parts
        .tenants
        .iter()
        .map(|(id, share)| {
            (
                analysis.inventory.tenants[id.unwrap()].key.to_string(),
                row(share),
            )
        })
        .collect();
    assert_eq!(
        tenants,
        [
            (
                "here".to_owned(),
                (2, 3, reads + lists, reads + lists + writes)
            ),
            ("there".to_owned(), (1, 1, administers, administers)),
        ]
    );
}

#[test]
fn other_delays_are_told_where_they_change_anything() {
    let told = |mode| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("r.json"), estate()).unwrap();
        let options = Options {
            as_of: "2026-11-01T00:00:00Z".parse().unwrap(),
            read: ReadOptions::default(),
            mode,
            measure: Measure::Mean,
            shown: 50,
            fixes: FixLimit::All,
            memory: Memory::ALL,
        };
        let root = camino::Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
        let analysis = analyze(&[root], &options, &Silent).unwrap();
        (analysis.organisation.sensitivities.clone(), analysis.total)
    };
    let (now, total) = told(Mode::BlastRadius);
    let names = |all: &[leakreach::analysis::Sensitivities]| {
        all.iter()
            .map(|one| format!("{} {}", one.haunt.name(), one.delay))
            .collect::<Vec<_>>()
    };
    let public = [
        "public-code 1 minute",
        "public-code 2 minutes",
        "public-code 9 minutes",
    ];
    assert_eq!(names(&now), public);
    // Certain and possible: each credential's reach times the other chance, which is 1 to four decimals.
    let scaled = |points: Points| Points(points.0 / CHANCE * 10_000);
    assert_eq!(now[0].total, (scaled(total.0), scaled(total.1)));
    assert!(total.0 < total.1);
    let (risk, _) = told(Mode::Risk);
    let private = ["private 1 day", "private 180 days"];
    assert_eq!(names(&risk), [&public[..], &private].concat());
    assert!(
        risk[3].total.0 > risk[4].total.0,
        "slower thieves, less risk"
    );
}
