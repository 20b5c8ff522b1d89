//! Rights: may this principal do this action on that resource? Allowed, denied, or conditional on what, with the
//! statements that decided it. One platform never imports another, and none reads files.

pub mod aws;
pub mod github;
pub mod kubernetes;
pub mod okta;
