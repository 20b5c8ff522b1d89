//! Tokens of one platform that another one trusts: jobs of GitHub and pods of Kubernetes that become roles of AWS.

use super::{Exports, Row, acting, row};
use crate::account::{ACCOUNT, role};
use crate::github::{DEPLOYING, Estate, GITHUB, MAIN};
use crate::kubernetes::{ISSUER, irsa, key, trusting, two_namespaces, with_aws_token};
use leakreach::inventory::Federation;

const AUDIENCE: Option<&str> = Some("sts.amazonaws.com");
const WORKFLOW: &str = "github/repos/acme/shop/contents/.github/workflows/ci.yml";
const DESCRIBED: &str = "kubernetes/c/eks/describe-cluster.json";

pub fn rows() -> Vec<Row> {
    let details = format!("aws/{ACCOUNT}/iam/account-authorization-details.json");
    let details = &details;
    let trust = "/RoleDetailList/0/AssumeRolePolicyDocument/Statement/0";
    let text = DEPLOYING.replace("ACTION", "v4");
    let of_job = Estate::acme().workflow(&text).aws("StringEquals", MAIN);
    let job = acting("github:job:acme/shop/ci.yml/deploy");
    let subject = "system:serviceaccount:shop:api";
    let of_pod = Exports::from(
        two_namespaces()
            .described("API")
            .aws(trusting("shop-api", irsa(subject)))
            .pod("shop/web", "api", "n1", with_aws_token),
    );
    let pod = acting(key("pod", "shop/web"));
    let audience = "/spec/volumes/1/projected/sources/0/serviceAccountToken/audience";
    vec![
        row(
            "oidc/present-token",
            of_job,
            [job],
            acting(Federation::key(GITHUB, MAIN, None)),
        )
        .not("it may not ask for a token", |e| {
            e.replace(WORKFLOW, "id-token: write", "id-token: none")
        })
        .not("a push to another branch starts it", |e| {
            e.replace(WORKFLOW, "branches: [main]", "branches: [dev]")
        })
        .not(
            "it deploys to an environment, whose subject is another",
            |e| e.replace(WORKFLOW, "runs-on:", "environment: prod\n    runs-on:"),
        )
        .not("Actions are off", |e| {
            e.with(
                "github/repos/acme/shop/actions/permissions.json",
                serde_json::json!({"enabled": false}),
            )
        })
        .not("pull requests start it", |e| {
            e.replace(WORKFLOW, "push:\n    branches: [main]", "pull_request:")
        })
        .not("another issuer is trusted", |e| {
            e.replace(details, GITHUB, "gitlab.example")
        })
        .not("another subject is trusted", |e| {
            let condition = format!("{trust}/Condition/StringEquals/{GITHUB}:sub");
            e.set(details, &condition, "repo:acme/other:ref:refs/heads/main")
        }),
        row(
            "oidc/present-token",
            of_pod,
            [pod],
            acting(Federation::key(ISSUER, subject, AUDIENCE)),
        )
        .not("its token is for another audience", |e| {
            e.object("Pod", "shop/web", audience, "vault")
        })
        .not("it runs as another", |e| {
            e.object("Pod", "shop/web", "/spec/serviceAccountName", "default")
        })
        .not("another audience is trusted", |e| {
            let condition = format!(
                "{trust}/Condition/StringEquals/{}:aud",
                ISSUER.replace('/', "~1")
            );
            e.set(details, &condition, "other.example")
        })
        .not("another cluster's issuer is trusted", |e| {
            e.replace(details, ISSUER, "oidc.example")
        })
        .not("the cluster has another issuer", |e| {
            e.set(
                DESCRIBED,
                "/cluster/identity/oidc/issuer",
                "https://oidc.example",
            )
        }),
        row(
            "oidc/present-token",
            two_namespaces()
                .described("API")
                .aws(trusting("shop-api", irsa(subject)))
                .bound("user:ada", "shop", &["create serviceaccounts/token"]),
            [acting("kubernetes:c:user:ada")],
            acting(Federation::key(ISSUER, subject, AUDIENCE)),
        )
        .not("she has no tokens", |e| {
            e.object(
                "Role",
                "shop/of-user-ada",
                "/rules/0/verbs",
                serde_json::json!(["get"]),
            )
        })
        .not("another account is trusted", |e| {
            let condition = format!(
                "{trust}/Condition/StringLike/{}:sub",
                ISSUER.replace('/', "~1")
            );
            e.set(details, &condition, "system:serviceaccount:bank:*")
        })
        .not("the role trusts an account", |e| {
            e.set(
                details,
                &format!("{trust}/Principal"),
                serde_json::json!({"AWS": role("ci")}),
            )
            .set(details, &format!("{trust}/Action"), "sts:AssumeRole")
            .set(
                details,
                &format!("{trust}/Condition"),
                serde_json::json!({}),
            )
        }),
    ]
}
