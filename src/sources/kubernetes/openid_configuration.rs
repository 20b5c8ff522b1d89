//! `kubectl get --raw /.well-known/openid-configuration`: under which name a cluster issues tokens of service accounts.
//!
//! Source: Kubernetes documentation, "Configure Service Accounts for Pods", "Service account issuer discovery" (read
//! 2026-11).

use super::Cluster;
use crate::sources::Source;
use crate::sources::envelope::Page;
use crate::sources::intake::Intake;
use crate::sources::json;

pub(in crate::sources) const SOURCE: Source = Source {
    id: "kubernetes/openid_configuration",
    about: "the issuer of a cluster's service account tokens",
    command: "kubectl get --raw /.well-known/openid-configuration > kubernetes/<cluster>/openid-configuration.json",
    keys: &["issuer", "jwks_uri"],
    recognise,
    read,
};

/// Every provider has such a document: this is a cluster's where the folder says so.
fn recognise(page: &Page<'_>) -> bool {
    page.is_object()
        && page.has_keys(&["issuer", "jwks_uri", "subject_types_supported"])
        && page.layout().after(super::KUBERNETES).is_some()
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let cluster = Cluster::of_page(page, intake);
    let Some(row) = page.member("issuer") else {
        return;
    };
    let at = intake.row(&row);
    match json::text_of(row.raw) {
        Some(issuer) if super::is_issuer(&issuer) => {
            cluster.issuer(intake, &issuer, at);
        }
        _ => super::skip(intake, &row, "`issuer` is no address"),
    }
}
