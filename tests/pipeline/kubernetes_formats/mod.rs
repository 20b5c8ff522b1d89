//! The exports of Kubernetes and EKS, see `README.md` beside this: read whole, in every envelope, and broken.

use crate::scanners::spoilt;
use camino::Utf8PathBuf;
use leakreach::inventory::{Inventory, PrincipalId, Terms};
use leakreach::problem::{Problem, ProblemCode};
use leakreach::progress::Silent;
use leakreach::sources::{ReadOptions, read};
use serde_json::{Value, json};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

fn fixtures() -> Vec<(&'static str, String)> {
    let whole = |text: &str| text.replace("%E%", "EXAMPLE");
    vec![
        (
            "kubernetes/prod/access.json",
            whole(include_str!("access.json")),
        ),
        (
            "kubernetes/prod/pods.json",
            whole(include_str!("pods.json")),
        ),
        (
            "kubernetes/prod/cluster.json",
            whole(include_str!("cluster.json")),
        ),
        (
            "kubernetes/prod/secrets.json",
            whole(include_str!("secrets.json")),
        ),
        (
            "kubernetes/prod/eks/eks.json",
            whole(include_str!("eks.json")),
        ),
    ]
}

/// What is read of some files, and what is said to be wrong.
fn inventory_of(files: &[(&str, &str)]) -> (Inventory, Vec<Problem>) {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    for (path, text) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let reading = read(&[root], &ReadOptions::default(), &Silent);
    let mut problems = reading.problems;
    let as_of = "2026-11-01T00:00:00Z".parse().unwrap();
    let inventory = Inventory::build(reading.files, reading.records, as_of, &mut problems);
    (inventory, problems)
}

/// Everything of an inventory, in lines.
fn told(inventory: &Inventory) -> String {
    let mut lines = Vec::new();
    let name = |id: PrincipalId| &inventory.principals[id].key;
    for one in inventory.tenants.iter() {
        lines.push(format!("tenant {} of {}", one.key, one.platform));
    }
    for one in inventory.principals.iter() {
        let stub = if one.is_stub { " (stub)" } else { "" };
        lines.push(format!(
            "{} {} {:?} owner {}{stub}",
            one.kind.name(),
            one.key,
            one.tags,
            one.owner.as_deref().unwrap_or("-")
        ));
    }
    for one in inventory.credentials.iter() {
        let of = one.principal.map_or("-", |id| name(id));
        lines.push(format!(
            "{} {} of {of}, {}, {}",
            one.kind.name(),
            one.key,
            one.status.name(),
            one.lifetime.name()
        ));
    }
    for one in inventory.exposures.iter() {
        let lying: Vec<String> = one
            .lying
            .iter()
            .map(|lying| inventory.credentials[lying.credential].key.to_string())
            .collect();
        let on = one.resource.map_or("-", |id| &inventory.resources[id].key);
        lines.push(format!(
            "{} {} on {on}: {lying:?}",
            one.kind.name(),
            one.key
        ));
    }
    for one in inventory.resources.iter() {
        lines.push(format!(
            "{} {} {:?} {:?}",
            one.kind, one.key, one.aliases, one.tags
        ));
    }
    for one in inventory.scopes.iter() {
        lines.push(match &one.terms {
            Terms::Rule { role, rule } => {
                format!("{} allows {rule:?}", inventory.policies[*role].key)
            }
            Terms::Binding {
                role,
                subject,
                namespace,
            } => {
                format!(
                    "{} is bound to {} in {namespace:?}",
                    inventory.policies[*role].key,
                    name(*subject)
                )
            }
            Terms::Mapping { from, to } => format!("{} is taken for {}", name(*from), name(*to)),
            Terms::Membership { member, group } => {
                format!("{} is in {}", name(*member), name(*group))
            }
            Terms::Runs {
                workload,
                of,
                host,
                asks,
            } => format!(
                "{} runs {} on {:?} and asks for {asks:?}",
                name(*workload),
                inventory.resources[*of].key,
                host.map(|id| inventory.resources[id].key.to_string())
            ),
            Terms::RunsAs {
                resource,
                principal,
            } => format!(
                "{} runs as {}",
                inventory.resources[*resource].key,
                name(*principal)
            ),
            Terms::Grant {
                principal,
                resource,
                access,
                ..
            } => {
                format!(
                    "{} has {} on {}",
                    name(*principal),
                    access.name(),
                    inventory.resources[*resource].key
                )
            }
            other => format!("{other:?}"),
        });
    }
    for one in &inventory.listings {
        let of = one.of.as_deref().unwrap_or("all");
        lines.push(format!("lists {} of {of}: {}", one.kind, one.is_complete));
    }
    lines.join("\n")
}

#[test]
fn what_kubectl_and_aws_write_is_read() {
    let fixtures = fixtures();
    let files: Vec<(&str, &str)> = fixtures
        .iter()
        .map(|(path, text)| (*path, text.as_str()))
        .collect();
    let (inventory, problems) = inventory_of(&files);
    insta::assert_snapshot!(told(&inventory));
    let skipped: Vec<&Problem> = problems
        .iter()
        .filter(|one| one.severity.name() == "skipped")
        .collect();
    assert!(skipped.is_empty(), "{skipped:?}");
}

#[test]
fn every_envelope_of_kubectl_gives_the_same() {
    let pod: Value = serde_json::from_str::<Value>(&fixtures()[1].1).unwrap()["items"][0].clone();
    let mut single = pod.clone();
    single["kind"] = json!("Pod");
    single["apiVersion"] = json!("v1");
    let read = |text: &str| {
        let (inventory, problems) = inventory_of(&[("kubernetes/prod/pods.json", text)]);
        let wrong: Vec<&Problem> = problems
            .iter()
            .filter(|one| one.code != ProblemCode::MissingReference)
            .collect();
        assert!(wrong.is_empty(), "{wrong:?}");
        let lines = told(&inventory);
        let lines = lines.lines().filter(|line| !line.starts_with("lists "));
        lines.map(str::to_owned).collect::<Vec<String>>()
    };
    let expected = read(&single.to_string());
    assert!(
        expected.iter().any(|line| line.contains("runs as")),
        "{expected:?}"
    );
    for text in [
        json!({"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": [pod]}).to_string(),
        json!({"kind": "List", "apiVersion": "v1", "metadata": {}, "items": [single]}).to_string(),
        format!("{single}\n{single}\n"),
        format!("[{single}]"),
        json!({"path": "kubernetes/prod/x.json", "body": single}).to_string(),
    ] {
        assert_eq!(read(&text), expected, "{text}");
    }
}

#[test]
fn a_list_that_breaks_off_is_a_part_and_says_so() {
    let secret = |namespace: &str, name: &str| json!({"kind": "Secret", "apiVersion": "v1", "metadata": {"namespace": namespace, "name": name}});
    let listings = |text: &str| {
        let (inventory, problems) = inventory_of(&[("kubernetes/prod/secrets.json", text)]);
        let listings: Vec<String> = inventory
            .listings
            .iter()
            .map(|one| format!("{} {}", one.of.as_deref().unwrap_or("all"), one.is_complete))
            .collect();
        let codes: Vec<ProblemCode> = problems.iter().map(|one| one.code).collect();
        (listings, codes)
    };
    let list = |items: Vec<Value>, metadata: Value| {
        json!({"kind": "List", "apiVersion": "v1", "metadata": metadata, "items": items})
            .to_string()
    };
    let of = |name: &str, is_whole: bool| format!("kubernetes:prod:namespace:{name} {is_whole}");
    // One namespace: that one is listed. Two: the cluster.
    assert_eq!(
        listings(&list(vec![secret("a", "x")], json!({}))),
        (vec![of("a", true)], vec![])
    );
    let two = list(
        vec![secret("a", "x"), secret("b", "y")],
        json!({"continue": ""}),
    );
    assert_eq!(
        listings(&two).0,
        ["all true".to_owned(), of("a", true), of("b", true)]
    );
    let part = list(vec![secret("a", "x")], json!({"continue": "abc"}));
    assert_eq!(
        listings(&part),
        (vec![of("a", false)], vec![ProblemCode::Truncated])
    );
    let bad = list(
        vec![
            secret("a", "x"),
            json!({"kind": "Secret", "metadata": {"name": 7}}),
        ],
        json!({}),
    );
    assert_eq!(
        listings(&bad),
        (vec![of("a", false)], vec![ProblemCode::BadRecord])
    );
    // Documents one after the other are each whole.
    let both = format!(
        "{}{}",
        list(vec![secret("a", "x")], json!({})),
        list(vec![secret("b", "y")], json!({}))
    );
    assert_eq!(listings(&both).0, [of("a", true), of("b", true)]);
}

#[test]
fn a_refusal_is_unreadable_and_never_empty() {
    for text in [
        json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": "secrets is forbidden", "reason": "Forbidden", "code": 403}).to_string(),
        "Error from server (Forbidden): secrets is forbidden: User \"ada\" cannot list resource \"secrets\"".to_owned(),
    ] {
        let (_, problems) = inventory_of(&[("kubernetes/prod/secrets.json", &text)]);
        let codes: Vec<ProblemCode> = problems.iter().map(|one| one.code).collect();
        assert_eq!(codes, [ProblemCode::SavedError], "{text}");
        assert!(problems[0].message.contains("Forbidden"));
    }
}

#[test]
fn without_its_folder_a_cluster_has_no_name_and_that_is_said() {
    let node = json!({"kind": "Node", "apiVersion": "v1", "metadata": {"name": "n1"}}).to_string();
    let twice = format!("{node}\n{node}\n");
    let (inventory, problems) = inventory_of(&[
        ("a/nodes.json", &twice),
        ("b/nodes.json", &node),
        ("kubernetes/c/nodes.json", &node),
    ]);
    assert_eq!(inventory.tenants.len(), 3);
    let said = problems
        .iter()
        .filter(|one| one.code == ProblemCode::MissingParent)
        .count();
    assert_eq!(said, 2, "{problems:?}");
}

#[test]
fn a_binding_that_the_server_would_refuse_grants_nothing_and_is_said() {
    let binding = json!({"kind": "ClusterRoleBinding", "apiVersion": "rbac.authorization.k8s.io/v1", "metadata": {"name": "x"},
        "roleRef": {"kind": "Role", "name": "r"}, "subjects": [{"kind": "User", "name": "ada"}]});
    let (inventory, problems) = inventory_of(&[("kubernetes/c/b.json", &binding.to_string())]);
    assert_eq!(inventory.scopes.len(), 0);
    assert!(
        problems
            .iter()
            .any(|one| one.message.contains("can name no role of that kind"))
    );
    let nobody = json!({"kind": "ClusterRoleBinding", "apiVersion": "rbac.authorization.k8s.io/v1", "metadata": {"name": "x"},
        "roleRef": {"kind": "ClusterRole", "name": "r"}, "subjects": [{"kind": "ServiceAccount", "name": "ada"}]});
    let (inventory, _) = inventory_of(&[("kubernetes/c/b.json", &nobody.to_string())]);
    assert_eq!(inventory.scopes.len(), 0);
}

#[test]
fn a_spoilt_field_costs_its_own_object_and_is_said() {
    for (path, text) in fixtures() {
        // Several documents count as the array of them.
        let whole: Value = serde_json::from_str(&text).unwrap_or_else(|_| {
            let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
            Value::Array(lines.collect())
        });
        let count = |text: &str| {
            let read = catch_unwind(AssertUnwindSafe(|| inventory_of(&[(path, text)])));
            let (inventory, problems) = read.unwrap_or_else(|_| panic!("{path}: {text}"));
            let others = problems
                .iter()
                .filter(|one| one.severity.name() == "skipped");
            // Of each object at least one of these stems.
            (
                inventory.resources.len() + inventory.policies.len() + inventory.scopes.len(),
                others.count(),
            )
        };
        let (all, before) = count(&whole.to_string());
        let mut spoilt = spoilt(&whole);
        // What is another document altogether is no spoilt one.
        spoilt.retain(|report| match report {
            Value::Object(members) => !members.contains_key("x"),
            other => other.is_array(),
        });
        let mut kept = 0;
        for report in &spoilt {
            let (read, problems) = count(&report.to_string());
            kept += usize::from(read * 3 >= all);
            let has_null = report.to_string().matches("null").count()
                > whole.to_string().matches("null").count();
            assert!(
                read > 0 || problems > before || has_null,
                "{path}: {read} of {all}: {report}"
            );
        }
        assert!(
            kept * 10 > spoilt.len() * 8,
            "{path}: {kept} of {}",
            spoilt.len()
        );
    }
}

#[test]
fn hostile_objects_are_problems_and_never_a_crash() {
    let deep = 100_000;
    let object = |spec: &str| {
        format!(
            r#"{{"apiVersion": "v1", "kind": "Pod", "metadata": {{"name": "p"}}, "spec": {spec}}}"#
        )
    };
    let auth = |text: &str| {
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "aws-auth", "namespace": "kube-system"}, "data": {"mapRoles": text}}).to_string()
    };
    let bomb = (0..12).fold("- &a0 [x]\n".to_owned(), |text, at| {
        let many = vec![format!("*a{at}"); 12].join(", ");
        format!("{text}- &a{} [{many}]\n", at + 1)
    });
    for text in [
        object(&format!("{}{}", "[".repeat(deep), "]".repeat(deep))),
        object(r#"{"containers": [{"name": "c", "env": {"A": 1}}]}"#),
        object(r#"{"volumes": [7], "nodeName": ["x"]}"#),
        auth(&"[".repeat(deep)),
        auth(&bomb),
        auth("rolearn: no list"),
        auth("- 7\n- [x]\n"),
        r#"{"apiVersion": "v1", "kind": "List", "items": {"x": 1}}"#.to_owned(),
        r#"{"apiVersion": "v1", "kind": "Role", "metadata": {"name": "a", "namespace": "b"}, "rules": "x"}"#.to_owned(),
        r#"{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": ""}}"#.to_owned(),
        r#"{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "name": 3}}"#.to_owned(),
    ] {
        let shown: String = text.chars().take(120).collect();
        let read = catch_unwind(AssertUnwindSafe(|| inventory_of(&[("kubernetes/c/x.json", &text)])));
        let (_, problems) = read.unwrap_or_else(|_| panic!("{shown}"));
        assert!(!problems.is_empty(), "{shown}");
    }
}
