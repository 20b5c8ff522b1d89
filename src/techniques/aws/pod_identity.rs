//! EKS Pod Identity: the service gives code in pods sessions of the roles that trust it.
//!
//! Source: Amazon EKS User Guide, "Learn how EKS Pod Identity grants pods access to AWS services" (read 2026-11).

use super::Aws;
use crate::inventory::Terms;
use crate::steps::Fact;
use crate::techniques::kubernetes;
use crate::techniques::listed::Listed;

const SERVICE: &str = "pods.eks.amazonaws.com";

pub(super) static ASSUME_BY_POD: Listed = Listed {
    id: "aws/pod-identity-role",
    platform: "aws",
    name: "be given a session of the role by EKS Pod Identity",
    needs: "the request of a pod whose service account is associated with the role",
    gains: "acting as the role",
    attack: &["T1552.005"],
    fix: "delete the association, or narrow the trust of the role by its request tags",
    source: "https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html",
};

impl Aws<'_, '_, '_> {
    /// Steps into every role with which a service account is associated, if it lets the service in.
    pub(super) fn pod_identities(&mut self) {
        let inventory = self.inventory;
        let technique = self.derivation.listed(&ASSUME_BY_POD);
        for (scope, row) in inventory.scopes.entries() {
            let Terms::Mapping { from, to } = row.terms else {
                continue;
            };
            let is_of_aws = inventory.principals[to].key.starts_with("arn:");
            if !is_of_aws || inventory.principals[from].platform != "kubernetes" {
                continue;
            }
            let Some(condition) = self.is_trusting(to, SERVICE, &inventory.principals[from].key)
            else {
                continue;
            };
            let need = kubernetes::pod_identity(self.derivation, from, to);
            let gain = Fact::Principal(to);
            self.step(&[need], gain, technique, &[scope], condition.as_deref());
        }
    }
}
