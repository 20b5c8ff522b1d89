//! `leakreach gate`: analyse, write the reports, and say whether a policy holds.

use super::analyze::Run;
use super::{Exit, message, result};
use crate::changes::{self, Policy};
use crate::reports;
use camino::Utf8PathBuf;
use std::io::Write as _;

/// The arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    run: Run,

    /// What must not pass
    #[arg(
        long,
        value_name = "FILE",
        default_value = "leakreach-policy.toml",
        help_heading = "Gate"
    )]
    policy: Utf8PathBuf,

    /// More that is accepted: a file of the same shape, of which only `[[accept]]` may be written
    #[arg(long, value_name = "FILE", help_heading = "Gate")]
    accepted: Option<Utf8PathBuf>,
}

/// The policy, with what is accepted; how the run ends where there is none.
fn policy(args: &Args) -> Result<Policy, Exit> {
    let read = |path| {
        Policy::read(path).map_err(|error| {
            message(&error.to_string());
            Exit::Input
        })
    };
    let mut policy = read(&args.policy)?;
    if let Some(path) = &args.accepted {
        let accepted = read(path)?;
        if accepted.says_more_than_accepted() {
            message(&format!(
                "`{path}` sets limits or bands, and only `[[accept]]` may be written in it\n  help: they belong into the policy, `{}`",
                args.policy
            ));
            return Err(Exit::Input);
        }
        policy.accept(accepted);
    }
    if !policy.sets() {
        message(&format!(
            "`{}` sets no limit, so everything would pass\n  help: `[paths]` and `most_new_critical = 0` is one",
            args.policy
        ));
        return Err(Exit::Input);
    }
    Ok(policy)
}

pub(super) fn run(args: &Args) -> Exit {
    let policy = match policy(args) {
        Ok(policy) => policy,
        Err(exit) => return exit,
    };
    let (analysis, told) = match args.run.told(Some(&policy)) {
        Ok(both) => both,
        Err(exit) => return exit,
    };
    let verdict = changes::judge(&policy, &told.report, told.changes.as_ref());
    let exit = args.run.present(&analysis);
    if exit != Exit::Done {
        return exit;
    }
    let text = reports::verdict_text(&verdict);
    if args.run.prints_summary() {
        let exit = result(format!("\n{text}").as_bytes());
        if exit != Exit::Done {
            return exit;
        }
    } else {
        // Standard output is somebody else's.
        let _ = anstream::stderr().write_all(text.as_bytes());
    }
    match verdict.passes() {
        true => Exit::Done,
        false => Exit::Gate,
    }
}
