//! Rights on branches beside GitHound's: its published sample of a lab organisation holds raw facts (roles, rules,
//! memberships) and the edges that it computes from them. From the raw facts alone this writes what GitHub's API would have
//! said, runs the program on it, and compares what it computes.
//!
//! ```text
//! git clone --depth 1 https://github.com/SpecterOps/GitHound
//! cargo run --example githound -- GitHound/samples/githound_O_kgDOCoV2OQ.json
//! ```
//!
//! Every difference is printed; docs/github.md explains each kind. The sample (Apache-2.0) is not kept here.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a tool for developers: it says what it found, and stops where the sample is not as it was"
)]

use camino::{Utf8Path, Utf8PathBuf};
use leakreach::analysis::{
    Analysis, FixLimit, Measure, Memory, Mode, Options, ReadOptions, analyze,
};
use leakreach::progress::Silent;
use leakreach::steps::{Fact, FactId};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What a sample says, by node.
struct Sample {
    kinds: BTreeMap<String, String>,
    properties: BTreeMap<String, Value>,
    /// Kind, from, to.
    edges: Vec<(String, String, String)>,
}

impl Sample {
    fn read(path: &str) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let value: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap();
        let (mut kinds, mut properties) = (BTreeMap::new(), BTreeMap::new());
        for node in value["graph"]["nodes"].as_array().unwrap() {
            let id = node["id"].as_str().unwrap().to_owned();
            kinds.insert(id.clone(), node["kinds"][0].as_str().unwrap().to_owned());
            properties.insert(id, node["properties"].clone());
        }
        let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
        let edges = value["graph"]["edges"].as_array().unwrap().iter();
        let edges = edges.map(|edge| {
            (
                text(&edge["kind"]),
                text(&edge["start"]["value"]),
                text(&edge["end"]["value"]),
            )
        });
        Self {
            kinds,
            properties,
            edges: edges.collect(),
        }
    }

    fn text(&self, id: &str, name: &str) -> &str {
        self.properties[id][name].as_str().unwrap_or("")
    }

    fn of_kind(&self, kind: &str) -> impl Iterator<Item = &str> {
        let all = self.kinds.iter().filter(move |(_, own)| *own == kind);
        all.map(|(id, _)| id.as_str())
    }

    fn kind(&self, id: &str) -> &str {
        self.kinds.get(id).map_or("", String::as_str)
    }

    /// The pairs of an edge between nodes of two kinds.
    fn pairs<'s>(
        &'s self,
        edge: &'s str,
        from: &'s str,
        to: &'s str,
    ) -> impl Iterator<Item = (&'s str, &'s str)> {
        let all = self
            .edges
            .iter()
            .filter(move |(kind, a, b)| kind == edge && self.kind(a) == from && self.kind(b) == to);
        all.map(|(_, a, b)| (a.as_str(), b.as_str()))
    }
}

const OWNER: &str = "SpecterTst";

/// Permissions of roles that the rules of branches ask for.
const FINE: [(&str, &str); 3] = [
    ("GH_EditRepoProtections", "edit_repo_protections"),
    ("GH_PushProtectedBranch", "push_protected_branch"),
    ("GH_BypassBranchProtection", "bypass_branch_protection"),
];

/// Writes what the API would have said.
fn write(sample: &Sample, root: &Utf8Path) {
    let save = |path: String, body: Value| {
        let path = root.join("github").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, body.to_string()).unwrap();
    };
    save(
        format!("orgs/{OWNER}.json"),
        json!({"login": OWNER, "id": 1, "default_repository_permission": "none"}),
    );
    let repositories: Vec<&str> = sample.of_kind("GH_Repository").collect();
    let name = |id: &str| sample.text(id, "name").to_owned();
    let full = |id: &str| format!("{OWNER}/{}", name(id));
    let listed = repositories.iter().enumerate().map(|(index, id)| {
        json!({"id": index + 1, "full_name": full(id), "private": sample.properties[*id]["private"],
            "visibility": sample.text(id, "visibility"), "default_branch": sample.text(id, "default_branch"), "owner": {"login": OWNER, "id": 1}})
    });
    save(format!("orgs/{OWNER}/repos.json"), listed.collect());
    // A custom role is one of the organisation; the sample has it once for each repository.
    let mut custom: BTreeMap<&str, (BTreeSet<&str>, BTreeSet<&str>)> = BTreeMap::new();
    for role in sample.of_kind("GH_RepoRole") {
        if sample.text(role, "type") != "custom" {
            continue;
        }
        let of = custom.entry(sample.text(role, "short_name")).or_default();
        for (_, base) in sample
            .pairs("GH_HasBaseRole", "GH_RepoRole", "GH_RepoRole")
            .filter(|(from, _)| *from == role)
        {
            of.0.insert(sample.text(base, "short_name"));
        }
        for (edge, permission) in FINE {
            let mut has = sample.pairs(edge, "GH_RepoRole", "GH_Repository");
            if has.any(|(from, _)| from == role) {
                of.1.insert(permission);
            }
        }
    }
    let roles = custom.iter().enumerate().map(|(index, (role, (bases, permissions)))| {
        assert!(bases.len() == 1, "{role} has one base: {bases:?}");
        json!({"id": index + 1, "name": role, "base_role": bases.first(), "permissions": permissions})
    });
    let roles: Vec<Value> = roles.collect();
    let body = json!({"total_count": roles.len(), "custom_roles": roles});
    save(format!("orgs/{OWNER}/custom-repository-roles.json"), body);
    let teams = sample.of_kind("GH_Team").enumerate().map(|(index, id)| {
        let parent = sample.pairs("GH_MemberOf", "GH_Team", "GH_Team").find(|(from, _)| *from == id);
        let parent = parent.map(|(_, to)| json!({"slug": slug(sample, to)}));
        json!({"id": index + 1, "name": name(id), "slug": slug(sample, id), "privacy": "closed", "permission": "pull", "parent": parent})
    });
    save(format!("orgs/{OWNER}/teams.json"), teams.collect());
    let role_of: BTreeMap<&str, &str> = sample
        .pairs("GH_MemberOf", "GH_TeamRole", "GH_Team")
        .collect();
    let mut members: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for (user, role) in sample.pairs("GH_HasRole", "GH_User", "GH_TeamRole") {
        members
            .entry(role_of[role])
            .or_default()
            .push(person(sample, user));
    }
    for (team, members) in members {
        save(
            format!("orgs/{OWNER}/teams/{}/members.json", slug(sample, team)),
            members.into(),
        );
    }
    let branch_of: BTreeMap<&str, &str> = sample
        .pairs("GH_HasBranch", "GH_Repository", "GH_Branch")
        .map(|(repository, branch)| (branch, repository))
        .collect();
    for repository in repositories {
        let own = branch_of.iter().filter(|(_, of)| **of == repository);
        let branches = own.map(|(branch, _)| {
            json!({"name": sample.text(branch, "short_name"), "commit": {"sha": "x", "url": "x"}, "protected": sample.properties[*branch]["protected"]})
        });
        let at = format!("repos/{}", full(repository));
        save(format!("{at}/branches.json"), branches.collect());
        let rules = sample
            .of_kind("GH_BranchProtectionRule")
            .filter(|rule| sample.text(rule, "repository_name") == name(repository));
        let rules: Vec<Value> = rules.map(|rule| of_rule(sample, rule)).collect();
        let body = json!({"data": {"repository": {"nameWithOwner": full(repository), "branchProtectionRules": {"nodes": rules}}}});
        save(format!("{at}/branch-protection-rules.json"), body);
        let is_here = |role: &str| sample.text(role, "repository_name") == name(repository);
        let users = sample.pairs("GH_HasRole", "GH_User", "GH_RepoRole");
        let users = users.filter(|(_, role)| is_here(role)).map(|(user, role)| {
            let mut person = person(sample, user);
            person["role_name"] = json!(sample.text(role, "short_name"));
            person
        });
        let mut users: Vec<Value> = users.collect();
        // Somebody for every custom role, so that each is looked at.
        for role in custom.keys() {
            users.push(json!({"login": format!("oracle-{role}"), "id": 9, "type": "User", "role_name": role}));
        }
        save(format!("{at}/collaborators-direct.json"), users.into());
        let teams = sample.pairs("GH_HasRole", "GH_Team", "GH_RepoRole");
        let teams = teams.filter(|(_, role)| is_here(role)).map(|(team, role)| {
            let slug = slug(sample, team);
            json!({"id": 1, "name": slug, "slug": slug, "privacy": "closed", "permission": sample.text(role, "short_name")})
        });
        save(format!("{at}/teams.json"), teams.collect());
    }
}

fn slug(sample: &Sample, team: &str) -> String {
    let slug = sample.text(team, "slug");
    let name = if slug.is_empty() {
        sample.text(team, "name")
    } else {
        slug
    };
    name.rsplit(['/', '\\']).next().unwrap().to_lowercase()
}

fn person(sample: &Sample, user: &str) -> Value {
    json!({"login": login(sample, user), "id": 1, "type": "User"})
}

fn login<'s>(sample: &'s Sample, user: &str) -> &'s str {
    let login = sample.text(user, "login");
    if login.is_empty() {
        sample.text(user, "name")
    } else {
        login
    }
}

fn of_rule(sample: &Sample, rule: &str) -> Value {
    let of = &sample.properties[rule];
    let actors = |edge: &str| {
        let mut nodes = Vec::new();
        for (kind, start) in ["GH_User", "GH_Team"]
            .into_iter()
            .flat_map(|kind| {
                sample
                    .pairs(edge, kind, "GH_BranchProtectionRule")
                    .map(move |pair| (kind, pair))
            })
            .filter(|(_, (_, to))| *to == rule)
            .map(|(kind, (from, _))| (kind, from))
        {
            nodes.push(match kind {
                "GH_User" => {
                    json!({"actor": {"__typename": "User", "login": login(sample, start)}})
                }
                _ => json!({"actor": {"__typename": "Team", "slug": slug(sample, start)}}),
            });
        }
        json!({"nodes": nodes})
    };
    json!({"pattern": of["pattern"], "isAdminEnforced": of["enforce_admins"], "lockBranch": of["lock_branch"],
        "requiresApprovingReviews": of["required_pull_request_reviews"], "requiredApprovingReviewCount": of["required_approving_review_count"],
        "requiresCodeOwnerReviews": of["require_code_owner_reviews"], "requiresStatusChecks": of["requires_status_checks"],
        // The sample does not tell which checks: such as anybody who writes may set.
        "requiredStatusChecks": [{"context": "checks", "app": null}],
        "restrictsPushes": of["push_restrictions"], "blocksCreations": of["blocks_creations"],
        "pushAllowances": actors("GH_RestrictionsCanPush"), "bypassPullRequestAllowances": actors("GH_BypassPullRequestAllowances")})
}

/// All that follows certainly from one fact, by all techniques but those left out.
fn reach(analysis: &Analysis, from: Fact, without: &[&str]) -> BTreeSet<FactId> {
    let steps = &analysis.steps;
    let mut held: BTreeSet<FactId> = steps.fact_id(from).into_iter().collect();
    loop {
        let before = held.len();
        for id in steps.ids() {
            let step = steps.step(id);
            let technique = steps.techniques[step.technique].id.as_str();
            let is_used = step.condition.is_none() && !without.contains(&technique);
            if is_used
                && !step.needs.is_empty()
                && step.needs.iter().all(|need| held.contains(need))
            {
                held.insert(step.gain);
            }
        }
        if held.len() == before {
            return held;
        }
    }
}

fn act(analysis: &Analysis, action: &str, target: &str) -> Option<Fact> {
    let mut subjects = analysis.steps.subjects.entries();
    let found = subjects.find(|(_, one)| one.action == action && one.target == target);
    found.map(|(id, _)| Fact::Act(id))
}

fn compare(what: &str, gold: &BTreeSet<String>, ours: &BTreeSet<String>) {
    let both = gold.intersection(ours).count();
    println!(
        "{what}: theirs {}, ours {}, both {both}",
        gold.len(),
        ours.len()
    );
    for one in gold.difference(ours) {
        println!("  theirs alone: {one}");
    }
    for one in ours.difference(gold) {
        println!("  ours alone: {one}");
    }
}

fn main() {
    let path = std::env::args()
        .nth(1)
        .unwrap_or_else(|| panic!("the path of the sample"));
    let sample = Sample::read(&path);
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    write(&sample, &root);
    let options = Options {
        as_of: "2026-11-01T00:00:00Z".parse().unwrap(),
        read: ReadOptions::default(),
        mode: Mode::BlastRadius,
        measure: Measure::Mean,
        shown: 1,
        fixes: FixLimit::Best(0),
        memory: Memory::ALL,
    };
    let analysis = analyze(&[root], &options, &Silent).unwrap();
    for problem in &analysis.problems {
        println!("problem: {} {}", problem.path, problem.message);
    }
    let repository = |id: &str| sample.text(id, "repository_name").to_owned();
    let branches: Vec<(&str, String, String)> = sample
        .of_kind("GH_Branch")
        .map(|id| (id, repository(id), sample.text(id, "short_name").to_owned()))
        .collect();
    let named = |id: &str| format!("{}: {}", repository(id), sample.text(id, "short_name"));
    let gold = |edge: &str, from: &str, to: &str| -> BTreeSet<String> {
        let name = |id: &str| match sample.kind(id) {
            "GH_Repository" => sample.text(id, "name").to_owned(),
            "GH_Branch" => named(id),
            "GH_RepoRole" => sample.text(id, "short_name").to_owned(),
            "GH_Team" => slug(&sample, id),
            _ => login(&sample, id).to_owned(),
        };
        sample
            .pairs(edge, from, to)
            .map(|(a, b)| format!("{} -> {}", name(a), name(b)))
            .collect()
    };
    let (mut writes, mut makes, mut edits, mut takes) = (
        BTreeSet::new(),
        BTreeSet::new(),
        BTreeSet::new(),
        BTreeSet::new(),
    );
    let protected: BTreeSet<&str> = sample
        .pairs("GH_ProtectedBy", "GH_BranchProtectionRule", "GH_Branch")
        .map(|(_, branch)| branch)
        .collect();
    for role in sample.of_kind("GH_RepoRole") {
        let (of, name) = (repository(role), sample.text(role, "short_name"));
        let full = format!("{OWNER}/{of}");
        let Some(from) = act(&analysis, &format!("github:role/{name}"), &full) else {
            println!("no role {name} on {full}");
            continue;
        };
        let reached = reach(&analysis, from, &["github/edit-protection"]);
        let is = |action: &str, target: &str| {
            let fact = act(&analysis, action, target).and_then(|fact| analysis.steps.fact_id(fact));
            fact.is_some_and(|id| reached.contains(&id))
        };
        for (id, _, branch) in branches.iter().filter(|(_, own, _)| *own == of) {
            let edge = format!("{name} -> {of}: {branch}");
            if is("github:push", &format!("{full} refs/heads/{branch}")) {
                writes.insert(edge.clone());
            }
            if protected.contains(id) && is("github:edit protections", &full) {
                edits.insert(edge.clone());
                if is("github:role/write", &full) {
                    takes.insert(edge);
                }
            }
        }
        let new = ["leakreach-new", "leakreach/new", "leakreach/new/branch"];
        if new.iter().any(|new| {
            is(
                "github:push",
                &format!("{full} refs/heads/{new} (a new branch)"),
            )
        }) {
            makes.insert(format!("{name} -> {of}"));
        }
    }
    compare(
        "branch writes by role",
        &gold("GH_CanWriteBranch", "GH_RepoRole", "GH_Branch"),
        &writes,
    );
    compare(
        "branch creations by role",
        &gold("GH_CanCreateBranch", "GH_RepoRole", "GH_Repository"),
        &makes,
    );
    let by_role = gold("GH_CanEditProtection", "GH_RepoRole", "GH_Branch");
    compare(
        "rights to edit the protection of a branch",
        &by_role,
        &edits,
    );
    compare("the same with a role that pushes", &by_role, &takes);
    let mut by_name = BTreeSet::new();
    for id in analysis.steps.ids() {
        let step = analysis.steps.step(id);
        if analysis.steps.techniques[step.technique].id != "github/push-allowed" {
            continue;
        }
        let Fact::Act(subject) = analysis.steps.facts[step.gain] else {
            continue;
        };
        let target = &analysis.steps.subjects[subject].target;
        let (full, branch) = target.split_once(" refs/heads/").unwrap();
        if branch.ends_with("(a new branch)") {
            continue;
        }
        for need in step.needs {
            if let Fact::Principal(who) = analysis.steps.facts[*need] {
                let key = &analysis.inventory.principals[who].key;
                let name = key.rsplit([':', '/']).next().unwrap();
                by_name.insert(
                    format!(
                        "{name} -> {}: {branch}",
                        full.split('/').next_back().unwrap()
                    )
                    .to_lowercase(),
                );
            }
        }
    }
    let of_actors: BTreeSet<String> = gold("GH_CanWriteBranch", "GH_User", "GH_Branch")
        .into_iter()
        .chain(gold("GH_CanWriteBranch", "GH_Team", "GH_Branch"))
        .map(|edge| edge.to_lowercase())
        .collect();
    compare("branch writes by a name in a rule", &of_actors, &by_name);
}
