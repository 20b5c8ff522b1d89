//! `leakreach completions` and `leakreach man`: made from the command line itself, so that they never say anything else.

use super::{Cli, Exit, complain, message, result};
use camino::Utf8PathBuf;
use clap::CommandFactory as _;
use clap_complete::Shell;

/// Which shell.
#[derive(Debug, clap::Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Where pages go.
#[derive(Debug, clap::Args)]
pub(super) struct ManArgs {
    /// Write a page for every command into this folder, which must be there
    #[arg(value_name = "DIR")]
    dir: Option<Utf8PathBuf>,
}

const NAME: &str = env!("CARGO_PKG_NAME");

pub(super) fn completions(args: &CompletionsArgs) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), NAME, &mut script);
    result(&script)
}

pub(super) fn man(args: &ManArgs) -> Exit {
    let Some(dir) = &args.dir else {
        let mut page = Vec::new();
        return match clap_mangen::Man::new(Cli::command()).render(&mut page) {
            Ok(()) => result(&page),
            Err(error) => {
                complain(&error);
                Exit::Internal
            }
        };
    };
    match clap_mangen::generate_to(Cli::command(), dir) {
        Ok(()) => Exit::Done,
        Err(error) => {
            message(&format!(
                "the pages could not be written to `{dir}`: {error}"
            ));
            Exit::Internal
        }
    }
}
