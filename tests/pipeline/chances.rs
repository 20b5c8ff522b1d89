//! Fixes that make a leak less likely: which are proposed, and that what they gain is total before minus total after with
//! the chance lowered. The chances of the small estate are worked out by hand from the formulas of `docs/risk.md`.

use camino::{Utf8Path, Utf8PathBuf};
use leakreach::analysis::{
    Analysis, FixLimit, Goal, Limits, Measure, Memory, Mode, Options, Plan, ReadOptions, analyze,
    plan, reached, simulated,
};
use leakreach::inventory::{CredentialId, Id as _};
use leakreach::progress::Silent;
use leakreach::reach::{self, Layer};
use leakreach::risk::{self, Points};
use leakreach::steps::{Control, Fact, FactId};
use leakreach::verify::verify;

/// A key in a CI variable, a token in a file on a machine; each opens what the other does not, and both the ledger. Anybody
/// reads the page. Near misses: a token that ends sooner, a password and a session beside the token, a key that nothing
/// runs with, and one of nobody.
const ESTATE: &str = r#"{"leakreach": 1,
  "principals": [
    {"id": "robot", "type": "user", "platform": "aws"},
    {"id": "octo", "type": "user", "platform": "github"}
  ],
  "credentials": [
    {"id": "key", "type": "access-key", "principal": "robot", "created": "2026-01-01", "expires": "never"},
    {"id": "idle", "type": "access-key", "principal": "robot", "created": "2026-01-01", "expires": "never"},
    {"id": "nobodys", "type": "access-key", "created": "2026-01-01", "expires": "never"},
    {"id": "pat", "type": "personal-access-token", "principal": "octo", "created": "2026-01-01", "expires": "never"},
    {"id": "soon", "type": "personal-access-token", "principal": "octo", "created": "2026-01-01", "expires": "2026-01-03"},
    {"id": "pass", "type": "password", "principal": "octo", "created": "2026-01-01", "expires": "never"}
  ],
  "exposures": [
    {"id": "variable", "type": "ci-variable", "lying": [
      {"credential": "key", "name": "KEY"}, {"credential": "nobodys", "name": "OTHER"}]},
    {"id": "code", "type": "repository-file", "lying": [{"credential": "idle", "name": "KEY"}]},
    {"id": "file", "type": "device-file", "lying": [
      {"credential": "pat", "name": "TOKEN"}, {"credential": "pass", "name": "PASSWORD"}]}
  ],
  "resources": [
    {"id": "ledger", "type": "database", "sensitivity": "crown"},
    {"id": "wiki", "type": "database", "sensitivity": "internal"},
    {"id": "page", "type": "database", "sensitivity": "restricted"}
  ],
  "steps": [
    {"needs": [], "gain": "read:page", "scope": "open"},
    {"needs": ["credential:key"], "gain": "principal:robot", "scope": "key-works"},
    {"needs": ["credential:idle"], "gain": "principal:robot", "scope": "idle-works"},
    {"needs": ["credential:nobodys"], "gain": "write:wiki", "scope": "nobodys-works"},
    {"needs": ["credential:pat"], "gain": "principal:octo", "scope": "pat-works"},
    {"needs": ["credential:soon"], "gain": "principal:octo", "scope": "soon-works"},
    {"needs": ["credential:pass"], "gain": "principal:octo", "scope": "pass-works"},
    {"needs": ["principal:robot"], "gain": "read:ledger", "scope": "robot-reads"},
    {"needs": ["principal:octo"], "gain": "read:ledger", "scope": "octo-reads"},
    {"needs": ["principal:octo"], "gain": "write:wiki", "scope": "octo-writes"}
  ]}"#;

/// V · A in hundredths, times four quarters: no border lies on the way.
const LEDGER: u64 = 4 * 3_000 * 6 / 10;
const WIKI: u64 = 4 * 100 * 8 / 10;

struct Estate {
    _folder: tempfile::TempDir,
    root: Utf8PathBuf,
}

fn estate(efforts: &str) -> Estate {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(folder.path()).unwrap().to_owned();
    std::fs::write(root.join("estate.json"), ESTATE).unwrap();
    std::fs::write(root.join("leakreach.toml"), efforts).unwrap();
    Estate {
        _folder: folder,
        root,
    }
}

fn options(mode: Mode, as_of: &str) -> Options {
    Options {
        as_of: as_of.parse().unwrap(),
        read: ReadOptions::default(),
        mode,
        measure: Measure::Mean,
        shown: 3,
        fixes: FixLimit::All,
        memory: Memory::ALL,
    }
}

const NOW: &str = "2026-01-01T00:00:00Z";

fn lowering(analysis: &Analysis) -> Vec<(String, u64, u64, u64)> {
    let fixes = analysis.fixes.iter();
    let fixes =
        fixes.filter(|fix| matches!(analysis.steps.controls[fix.control], Control::Chance(..)));
    let mut fixes: Vec<_> = fixes
        .map(|fix| {
            let (certain, possible) = (fix.certain.0, fix.possible.0);
            (analysis.fix_key(fix), certain, possible, fix.credentials)
        })
        .collect();
    fixes.sort();
    fixes
}

#[test]
fn what_lowers_a_chance_is_proposed_and_gains_what_is_lowered_by_hand() {
    let estate = estate("");
    let of = |mode| {
        let paths = [estate.root.clone()];
        let analysis = analyze(&paths, &options(mode, NOW), &Silent).unwrap();
        assert_eq!(verify(&analysis, None, &Silent).wrong, []);
        lowering(&analysis)
    };
    let fix = |id: &str, lowered: u64, reach: u64| {
        let gain = lowered * reach;
        (id.to_owned(), gain, gain, 1)
    };
    // What leaks now is used at 0.9999. Renewed every hour 0.7249; every week 0.99991 · (1 − 1/593) = 0.9982. What anybody
    // reads is not lost by it.
    assert_eq!(
        of(Mode::BlastRadius),
        [
            fix("federate:key", 9_999 - 7_249, LEDGER),
            fix("shorten:168h:pat", 9_999 - 9_982, LEDGER + WIKI),
        ]
    );
    // In a CI variable 0.1; renewed every hour 0.1 · (1 − 1/60) = 0.0983. On a machine 0.1; in a vault 0.01 · 0.8189;
    // renewed every week 0.1 · 0.99969 · (1 − 1/168) = 0.0994.
    assert_eq!(
        of(Mode::Risk),
        [
            fix("federate:key", 1_000 - 983, LEDGER),
            fix("move:pat", 1_000 - 82, LEDGER + WIKI),
            fix("shorten:168h:pat", 1_000 - 994, LEDGER + WIKI),
        ]
    );
}

fn planned(estate: &Estate, mode: Mode, goal: Goal) -> (Analysis, Plan) {
    let paths = [estate.root.clone()];
    let limits = Limits::default();
    plan(&paths, &options(mode, NOW), goal, limits, &Silent).unwrap()
}

fn ids(analysis: &Analysis, plan: &Plan) -> Vec<String> {
    let fixes = plan.fixes.iter();
    let mut ids: Vec<String> = fixes.map(|one| analysis.fix_key(&one.fix)).collect();
    ids.sort();
    ids
}

#[test]
fn a_plan_of_removal_and_shorter_life_is_exact() {
    let cheap = "[[effort]]\npoints = 90\n[[effort]]\nkind = [\"shorten\", \"federate\", \"move\"]\npoints = 1\n\
        [[effort]]\nname = \"octo-reads\"\npoints = 1\n";
    let estate = estate(cheap);
    // Of the token and of the others: 0.9982 · wiki is left of 0.9999 · (ledger + wiki), and two lose the ledger.
    let (analysis, plan) = planned(&estate, Mode::BlastRadius, Goal::Budget(3));
    let all = ["federate:key", "scope:octo-reads", "shorten:168h:pat"];
    assert_eq!(ids(&analysis, &plan), all);
    let chance = |id: &str| {
        let mut all = analysis.inventory.credentials.entries();
        let (id, _) = all.find(|(_, row)| &*row.key == id).unwrap();
        analysis.model.chances.credential(id).certain
    };
    let token = 9_999 * (LEDGER + WIKI) - 9_982 * WIKI;
    let others = (chance("soon") + chance("pass")) * LEDGER;
    let gain = Points(token + others + (9_999 - 7_249) * LEDGER);
    assert_eq!(plan.gain, (gain, gain));
    let found = verify(&analysis, Some(&plan), &Silent);
    assert_eq!((found.wrong, found.beginnings), (Vec::new(), (3, 3)));
    // The organisation loses less by it.
    assert!(plan.lost.0 < analysis.organisation.certain);

    // Of two ways to lower one chance that which leaves least counts: 0.0082 · wiki.
    let (analysis, plan) = planned(
        &estate,
        Mode::Risk,
        Goal::Until(leakreach::analysis::Share::WHOLE),
    );
    assert_eq!(verify(&analysis, Some(&plan), &Silent).wrong, []);
    let mut analysis = analysis;
    let options = options(Mode::Risk, NOW);
    let both = ["move:pat", "shorten:168h:pat", "scope:octo-reads"].map(str::to_owned);
    let simulation = simulated(&mut analysis, &options, &both, &Silent).unwrap();
    let chance = |id: &str| {
        let mut all = analysis.inventory.credentials.entries();
        let (id, _) = all.find(|(_, row)| &*row.key == id).unwrap();
        analysis.model.chances.credential(id).certain
    };
    let token = 1_000 * (LEDGER + WIKI) - 82 * WIKI;
    let gain = Points(token + (chance("soon") + chance("pass")) * LEDGER);
    assert_eq!(simulation.gain(), (gain, gain));
    // Nothing of that stays.
    assert_eq!(chance("pat"), 1_000);
}

/// Points of what is reached in a layer from some facts, of so much of a chance.
fn weight(analysis: &Analysis, id: CredentialId, seeds: &[FactId], layer: Layer) -> u64 {
    let Analysis {
        inventory,
        steps,
        model,
        ..
    } = analysis;
    let held = reach::naive_without(steps, layer, seeds, &[]);
    let facts = steps.facts.entries().filter(|(id, _)| held[id.index()]);
    let weights = facts.map(|(_, fact)| match *fact {
        Fact::AtLeast(resource, access) => {
            let home = model.borders.home_of_credential(id);
            let factor = model.borders.factor(home, model.borders.place_of(resource));
            factor * risk::weight(inventory.resources[resource].sensitivity, access)
        }
        _ => 0,
    });
    weights.sum()
}

#[test]
fn on_acme_each_gains_total_before_minus_total_after_with_the_chance_lowered() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/acme");
    for (mode, kinds) in [
        (Mode::BlastRadius, &["federate", "shorten"][..]),
        (Mode::Risk, &["federate", "move", "shorten"]),
    ] {
        let options = options(mode, "2026-07-01T00:00:00Z");
        let paths = [Utf8PathBuf::from(root)];
        let analysis = analyze(&paths, &options, &Silent).unwrap();
        let told = lowering(&analysis);
        let mut found: Vec<&str> = told
            .iter()
            .filter_map(|(id, ..)| Some(id.split_once(':')?.0))
            .collect();
        found.dedup();
        assert_eq!(found, kinds);
        let gains: Vec<_> = analysis
            .model
            .chances
            .lowered()
            .iter()
            .flat_map(|one| {
                one.to
                    .iter()
                    .map(move |to| (one.credential, one.chance, *to))
            })
            .map(|(id, now, (lowering, left))| {
                let of = |layer, lowered: u64| {
                    let seed = analysis.steps.fact_id(Fact::Credential(id));
                    let seeds = Vec::from_iter(seed);
                    let added =
                        weight(&analysis, id, &seeds, layer) - weight(&analysis, id, &[], layer);
                    lowered * added
                };
                let certain = of(Layer::Certain, now.certain - left.certain);
                let possible = of(Layer::Possible, now.possible - left.possible);
                let control = Control::Chance(id, lowering);
                (control.key(&analysis.inventory), certain, possible)
            })
            .filter(|(_, certain, possible)| certain + possible > 0)
            .collect();
        let mut gains = gains;
        gains.sort();
        let plain: Vec<_> = told
            .iter()
            .map(|(id, certain, possible, _)| (id.clone(), *certain, *possible))
            .collect();
        assert_eq!(plain, gains);
        let mut analysis = reached(&paths, &options, &Silent).unwrap();
        for (id, certain, possible) in plain {
            let simulation = simulated(&mut analysis, &options, std::slice::from_ref(&id), &Silent);
            let gain = simulation.unwrap().gain();
            assert_eq!(gain, (Points(certain), Points(possible)), "{id}");
        }
    }
}
