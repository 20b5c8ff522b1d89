//! What a change takes, in effort points: about an hour of one person each.
//!
//! Nobody has measured that for another's estate. The defaults say what is cheap beside what, so that "revoke
//! everything" does not win: what exports tell to be unused is cheap, what is in use is dear, and what no export tells
//! the use of stands between. The estate file knows better, by kind and name: `[[effort]]`.

use super::candidates::{Narrowing, UNUSED_DAYS};
use super::usage::{LastUsed, Usages};
use crate::inventory::{CredentialId, Exposure, ExposureKind, Inventory, PolicyId, Table, Terms};
use crate::steps::Control;
use jiff::SignedDuration;

/// What a kind of change takes, unless the estate file says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DefaultEffort {
    /// The kind of control; of a credential or place its own kind may stand here, and wins.
    pub kind: &'static str,
    /// Whether the control is narrowed, rather than removed.
    pub is_narrowing: bool,
    /// Points where exports tell that nothing uses it, or where nothing can.
    pub unused: u64,
    /// Points where no export tells.
    pub untold: u64,
    /// Points where it was used lately.
    pub used: u64,
    /// Why so much.
    pub reason: &'static str,
}

const fn removing(
    kind: &'static str,
    [unused, untold, used]: [u64; 3],
    reason: &'static str,
) -> DefaultEffort {
    DefaultEffort {
        kind,
        is_narrowing: false,
        unused,
        untold,
        used,
        reason,
    }
}

/// The defaults: a judgement, not a measurement. Each is stated beside what it stands on.
///
/// Source of the grades: IAM User Guide, "Security best practices in IAM" (read 2026-11): unused users, roles,
/// permissions and credentials are removed as they are found; what is used is first replaced ("Update access keys":
/// make the second key, change every application, deactivate the first, watch, delete).
pub const DEFAULT_EFFORTS: &[DefaultEffort] = &[
    removing(
        "credential",
        [1, 3, 4],
        "unused: one call; used: a new one is made, everything that holds it is changed, the old one is watched and \
         deleted; one more for each further place where it lies",
    ),
    removing(
        "session-key",
        [1, 1, 2],
        "it ends by itself within 36 hours; until then its sessions are denied",
    ),
    removing(
        "certificate",
        [1, 4, 6],
        "an authority issues another one, and every machine that bears it is changed",
    ),
    removing(
        "exposure",
        [2, 2, 2],
        "whoever reads it there is given another way",
    ),
    removing(
        "repository-file",
        [3, 3, 3],
        "the code reads it from elsewhere, and the history keeps it until that is rewritten",
    ),
    removing(
        "workload-environment",
        [3, 3, 3],
        "the software reads it from a store: code, a right, a deployment",
    ),
    removing(
        "secret-store",
        [4, 4, 4],
        "it lies where it should: what reads it is changed to need no stored secret",
    ),
    removing(
        "device",
        [2, 2, 2],
        "one person goes through all files of one machine",
    ),
    removing("device-file", [1, 1, 1], "one person changes one machine"),
    removing(
        "agent-input",
        [4, 4, 4],
        "the agent is given no more of what others write",
    ),
    removing("conversation", [1, 1, 1], "a message is deleted"),
    DefaultEffort {
        kind: "statement",
        is_narrowing: true,
        unused: 1,
        untold: 3,
        used: 8,
        reason: "unused actions: one edit; others: who needs them is found and given another way; one more for each \
                 further holder of the policy",
    },
    removing(
        "statement",
        [1, 4, 8],
        "one edit; in use: those who need it are found and given less; one more for each further holder of the policy",
    ),
    removing(
        "attachment",
        [1, 4, 8],
        "one call; in use: the holder is given a smaller policy first",
    ),
    removing("version", [1, 1, 1], "it grants nothing now: one call"),
    removing("boundary", [4, 4, 4], "what it limits is looked at first"),
    removing(
        "guardrail",
        [8, 8, 8],
        "it limits whole accounts: all of them are asked",
    ),
    removing(
        "membership",
        [1, 2, 4],
        "one call; in use: the member is given what it needs of it",
    ),
    removing(
        "trust",
        [1, 4, 8],
        "one edit; in use: whatever becomes the role is found and given another way",
    ),
    DefaultEffort {
        kind: "resource-policy",
        is_narrowing: true,
        unused: 1,
        untold: 4,
        used: 8,
        reason: "no export tells its use: those it lets in are asked",
    },
    removing(
        "resource-policy",
        [1, 4, 8],
        "no export tells its use: those it lets in are asked",
    ),
    removing(
        "runs-as",
        [4, 6, 8],
        "a smaller role is made, tried and deployed",
    ),
    removing(
        "deploys",
        [3, 3, 3],
        "the group is divided, and each part deployed once",
    ),
    removing(
        "session",
        [2, 4, 6],
        "a profile is changed, and those who bear certificates are asked",
    ),
    removing(
        "anchor",
        [2, 4, 8],
        "every bearer of its certificates is given another way",
    ),
    removing("drives", [1, 2, 2], "one configuration is changed"),
    removing(
        "software",
        [1, 1, 1],
        "an exact version or digest is written into one configuration; newer ones are then taken by hand",
    ),
    removing(
        "approval",
        [1, 1, 1],
        "one setting is changed; a person is asked again",
    ),
    removing(
        "grant",
        [1, 4, 8],
        "one call; in use: the holder is given a smaller one first",
    ),
    removing(
        "permission",
        [1, 4, 8],
        "one call; in use: the holder is given a smaller one first",
    ),
    removing(
        "bears",
        [1, 3, 6],
        "one setting or workflow is changed; in use: what logs in by such a token is given another way",
    ),
    removing(
        "rule",
        [1, 5, 10],
        "one role is changed; in use: what all whom it is bound to need is found out first",
    ),
    removing(
        "binding",
        [1, 4, 8],
        "one binding is changed; in use: the subject is given a smaller role first",
    ),
    removing(
        "mapping",
        [1, 4, 8],
        "one entry is deleted; in use: who is let in by it is given another way first",
    ),
    removing(
        "runs",
        [6, 8, 12],
        "a manifest is changed and the workload is rolled out anew; what it needed the privilege for is done another way",
    ),
    removing("stated", [4, 4, 4], "what it is only its export knows"),
    removing(
        "shorten",
        [1, 2, 3],
        "one setting; in use: whatever uses it is made to take a new one in time; one more for each further place where \
         it lies",
    ),
    removing(
        "federate",
        [2, 5, 7],
        "the platform is told whose tokens to trust; in use: every job that holds the key is changed to ask for a token, \
         and the key is deleted; one more for each further place where it lies",
    ),
    removing(
        "move",
        [2, 3, 3],
        "it is stored in a vault; in use: what reads it reads it from there: code, a right, a deployment; one more for \
         each further place where it lies",
    ),
    removing(
        "split",
        [2, 5, 7],
        "each job is given a user or role of its own, with the rights that it uses, and a key; in use: the old one is \
         watched until nothing uses it any more, and deleted; one more for each further place where it lies",
    ),
];

/// More than this for what many use together, however many they are: they are asked at once.
const MOST_FURTHER: u64 = 8;

/// What changes of an inventory take.
#[derive(Debug)]
pub struct Efforts<'i> {
    inventory: &'i Inventory,
    usages: &'i Usages<'i>,
    /// In how many places each credential lies.
    places: Table<CredentialId, u64>,
    /// How many principals each policy is bound to.
    holders: Table<PolicyId, u64>,
}

/// What exports tell of the use of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    None,
    Untold,
    Lately,
}

impl<'i> Efforts<'i> {
    /// Takes time linear in the inventory.
    pub fn new(inventory: &'i Inventory, usages: &'i Usages<'i>) -> Self {
        let mut places = Table::filled(0, inventory.credentials.len());
        // A machine is its files, which count themselves.
        let is_counted = |exposure: &&Exposure| exposure.kind != ExposureKind::Device;
        for exposure in inventory.exposures.iter().filter(is_counted) {
            let mut lying: Vec<CredentialId> =
                exposure.lying.iter().map(|one| one.credential).collect();
            lying.sort_unstable();
            lying.dedup();
            for credential in lying {
                places[credential] += 1;
            }
        }
        let mut holders = Table::filled(0, inventory.policies.len());
        for scope in inventory.scopes.iter() {
            if let Terms::Attachment { policy, .. } = scope.terms {
                holders[policy] += 1;
            }
        }
        Self {
            inventory,
            usages,
            places,
            holders,
        }
    }

    /// What it takes to remove a control, or to narrow it.
    pub fn of(&self, control: Control, narrowing: Option<&Narrowing>) -> u64 {
        let (kinds, names) = self.described(control);
        let rules = self.inventory.efforts.iter().rev();
        let mut rules = rules.filter(|rule| rule.matches(&kinds, &names, narrowing.is_some()));
        match rules.next() {
            Some(rule) => rule.points,
            None => self.usual(control, &kinds, narrowing),
        }
    }

    /// Whether what a control stands for is used, as far as exports tell: what none tells of may be.
    pub fn is_in_use(&self, control: Control) -> bool {
        self.told(self.usages.of(control).as_ref()) != Use::None
    }

    fn usual(&self, control: Control, kinds: &[&str], narrowing: Option<&Narrowing>) -> u64 {
        let last = match narrowing {
            Some(narrowing) => narrowing.last_used.clone(),
            None => self.usages.of(control),
        };
        let used = match narrowing {
            Some(narrowing) if narrowing.is_unused => Use::None,
            _ => self.told(last.as_ref()),
        };
        let of_kind = |kind: &str| {
            let mut defaults = DEFAULT_EFFORTS.iter();
            defaults.find(|one| one.kind == kind && one.is_narrowing == narrowing.is_some())
        };
        let Some(default) = kinds.iter().rev().find_map(|kind| of_kind(kind)) else {
            return UNKNOWN;
        };
        let points = match used {
            Use::None => return default.unused,
            Use::Untold => default.untold,
            Use::Lately => default.used,
        };
        let together = match control {
            Control::Credential(id) | Control::Chance(id, _) | Control::Split(id) => {
                self.places[id]
            }
            Control::Exposure(_) => 0,
            Control::Scope(id) => match self.inventory.scopes[id].terms {
                Terms::Statement { policy, .. } => self.holders[policy],
                _ => 0,
            },
        };
        points + together.saturating_sub(1).min(MOST_FURTHER)
    }

    fn told(&self, last: Option<&LastUsed>) -> Use {
        let days = SignedDuration::from_hours(24 * UNUSED_DAYS);
        let since = self.inventory.as_of.saturating_sub(days);
        let since = since.unwrap_or(self.inventory.as_of);
        match last {
            None | Some(LastUsed::Never { .. }) => Use::None,
            Some(LastUsed::On { at, .. } | LastUsed::NotAfter { at, .. }) if *at < since => {
                Use::None
            }
            Some(LastUsed::On { .. }) => Use::Lately,
            Some(LastUsed::NotAfter { .. } | LastUsed::Unknown) => Use::Untold,
        }
    }

    /// The kinds of a control, the closest last, and its names.
    fn described(&self, control: Control) -> (Vec<&str>, Vec<&str>) {
        match control {
            Control::Credential(id) => {
                let row = &self.inventory.credentials[id];
                let kinds = vec!["credential", row.kind.name()];
                (kinds, vec![&row.name, &row.key])
            }
            Control::Chance(id, lowering) => {
                let row = &self.inventory.credentials[id];
                (vec![lowering.name()], vec![&row.name, &row.key])
            }
            Control::Split(id) => {
                let row = &self.inventory.credentials[id];
                (vec!["split"], vec![&row.name, &row.key])
            }
            Control::Exposure(id) => {
                let row = &self.inventory.exposures[id];
                let kinds = vec!["exposure", row.kind.name()];
                (kinds, vec![&row.name, &row.key])
            }
            Control::Scope(id) => {
                let row = &self.inventory.scopes[id];
                let mut names: Vec<&str> = vec![&row.name, &row.key];
                if let Terms::Statement { policy, .. } | Terms::Attachment { policy, .. } =
                    &row.terms
                {
                    names.push(&self.inventory.policies[*policy].name);
                }
                (vec![row.kind()], names)
            }
        }
    }
}

/// What a kind of change takes that no default names: a test holds that there is none.
const UNKNOWN: u64 = 8;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{CredentialKind, EffortRule, Id};
    use crate::reports::sample;
    use crate::steps::Lowering;
    use globset::Glob;

    #[test]
    fn every_change_of_the_sample_has_a_default() {
        let analysis = sample::analysis();
        let usages = Usages::new(&analysis.inventory);
        let efforts = Efforts::new(&analysis.inventory, &usages);
        for &control in analysis.steps.controls.iter() {
            let (kinds, names) = efforts.described(control);
            let is_known = |one: &DefaultEffort| kinds.contains(&one.kind) && !one.is_narrowing;
            assert!(DEFAULT_EFFORTS.iter().any(is_known), "{kinds:?} {names:?}");
        }
        for kind in DEFAULT_EFFORTS.iter().map(|one| one.kind) {
            let of_credential = CredentialKind::from_name(kind).is_some() || kind == "credential";
            let of_exposure = ExposureKind::from_name(kind).is_some() || kind == "exposure";
            assert!(
                of_credential
                    || of_exposure
                    || SCOPES.contains(&kind)
                    || OF_CREDENTIALS.contains(&kind),
                "{kind}"
            );
        }
        for kind in SCOPES.iter().chain(&OF_CREDENTIALS) {
            assert!(
                DEFAULT_EFFORTS.iter().any(|one| one.kind == *kind),
                "{kind}"
            );
        }
    }

    const OF_CREDENTIALS: [&str; 4] = ["shorten", "federate", "move", "split"];

    #[test]
    fn a_change_of_a_credential_has_its_own_effort_and_not_that_of_revoking_it() {
        let mut analysis = sample::analysis();
        let id = CredentialId::from_index(0);
        let shorten = Lowering::Shorten { hours: 24 };
        let controls = [
            Control::Chance(id, shorten),
            Control::Chance(id, Lowering::Federate),
            Control::Chance(id, Lowering::Move),
            Control::Split(id),
        ];
        let of = |analysis: &crate::analysis::Analysis| {
            let usages = Usages::new(&analysis.inventory);
            let efforts = Efforts::new(&analysis.inventory, &usages);
            controls.map(|control| efforts.of(control, None))
        };
        let usual = of(&analysis);
        let rule = |kind: &str, points| EffortRule {
            kinds: vec![kind.to_owned()],
            names: Vec::new(),
            is_narrowing: None,
            points,
        };
        let rules = vec![
            rule("credential", 90),
            rule("federate", 91),
            rule("split", 92),
        ];
        analysis.inventory.efforts = rules;
        assert_eq!(of(&analysis), [usual[0], 91, usual[2], 92]);
    }

    const SCOPES: [&str; 23] = [
        "statement",
        "attachment",
        "version",
        "boundary",
        "guardrail",
        "membership",
        "trust",
        "resource-policy",
        "runs-as",
        "deploys",
        "session",
        "anchor",
        "drives",
        "software",
        "approval",
        "grant",
        "permission",
        "bears",
        "rule",
        "binding",
        "mapping",
        "runs",
        "stated",
    ];

    #[test]
    fn what_is_in_use_is_never_cheaper() {
        for one in DEFAULT_EFFORTS {
            assert!(
                one.unused <= one.untold && one.untold <= one.used,
                "{one:?}"
            );
            assert!(one.unused > 0, "{one:?}");
        }
    }

    #[test]
    fn the_last_effort_of_the_estate_file_wins() {
        let mut analysis = sample::analysis();
        let rule = |kind: &str, name: Option<&str>, points| EffortRule {
            kinds: vec![kind.to_owned()],
            names: name
                .map(|name| Glob::new(name).unwrap().compile_matcher())
                .into_iter()
                .collect(),
            is_narrowing: None,
            points,
        };
        let control = Control::Credential(CredentialId::from_index(0));
        let name = analysis.inventory.credentials[CredentialId::from_index(0)]
            .name
            .clone();
        let of = |analysis: &crate::analysis::Analysis| {
            let usages = Usages::new(&analysis.inventory);
            Efforts::new(&analysis.inventory, &usages).of(control, None)
        };
        let usual = of(&analysis);
        analysis.inventory.efforts = vec![rule("statement", None, 90)];
        assert_eq!(of(&analysis), usual);
        analysis
            .inventory
            .efforts
            .push(rule("credential", None, 91));
        assert_eq!(of(&analysis), 91);
        analysis
            .inventory
            .efforts
            .push(rule("access-key", Some(&name), 92));
        assert_eq!(of(&analysis), 92);
        analysis
            .inventory
            .efforts
            .push(rule("access-key", Some("another-*"), 93));
        assert_eq!(of(&analysis), 92);
    }

    const BEGIN: &str = "<!-- efforts: written by LEAKREACH_BLESS=1 cargo test efforts -->\n";
    const END: &str = "<!-- end of efforts -->\n";

    fn table() -> String {
        let mut table = "| kind | change | unused | no data | in use | why |\n\
                         | --- | --- | --- | --- | --- | --- |\n"
            .to_owned();
        for one in DEFAULT_EFFORTS {
            let change = match one.is_narrowing {
                true => "narrow",
                false if one.kind == "split" => "one for each job",
                false if OF_CREDENTIALS.contains(&one.kind) => "lower the chance",
                false => "remove",
            };
            table += &format!(
                "| {} | {change} | {} | {} | {} | {} |\n",
                one.kind, one.unused, one.untold, one.used, one.reason
            );
        }
        table
    }

    #[test]
    fn the_documented_efforts_are_these() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/plans.md");
        let text = std::fs::read_to_string(path).unwrap();
        let (before, rest) = text.split_once(BEGIN).unwrap();
        let (documented, after) = rest.split_once(END).unwrap();
        if std::env::var_os("LEAKREACH_BLESS").is_some() {
            std::fs::write(path, format!("{before}{BEGIN}{}{END}{after}", table())).unwrap();
        } else {
            assert_eq!(documented, table(), "run the test with LEAKREACH_BLESS=1");
        }
    }
}
