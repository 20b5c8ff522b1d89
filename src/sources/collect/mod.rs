//! Scripts that collect exports: the one home of the commands that make them. They are printed, and never run from here.
//!
//! A script is one beginning, a part for each platform, and one end. Every call in it only reads; files come to lie where
//! the folder layout (`layout`) has them.

/// A part of a script: one platform.
#[derive(Debug)]
pub struct Collector {
    /// The name on the command line.
    pub id: &'static str,
    text: &'static str,
}

/// Every platform that a script can collect.
pub static COLLECTORS: &[Collector] = &[
    Collector {
        id: "aws",
        text: include_str!("aws.sh"),
    },
    Collector {
        id: "github",
        text: include_str!("github.sh"),
    },
    Collector {
        id: "kubernetes",
        text: include_str!("kubernetes.sh"),
    },
    Collector {
        id: "okta",
        text: include_str!("okta.sh"),
    },
    Collector {
        id: "openai",
        text: include_str!("openai.sh"),
    },
    Collector {
        id: "anthropic",
        text: include_str!("anthropic.sh"),
    },
    Collector {
        id: "devices",
        text: include_str!("devices.sh"),
    },
];

/// The script that collects of those platforms, in the order of [`COLLECTORS`]; a name that is none is left out.
pub fn script<S: AsRef<str>>(ids: &[S]) -> String {
    let parts = COLLECTORS
        .iter()
        .filter(|collector| ids.iter().any(|id| id.as_ref() == collector.id));
    let parts: String = parts.map(|collector| collector.text).collect();
    format!(
        "{}{parts}{}",
        include_str!("begin.sh"),
        include_str!("end.sh")
    )
}
