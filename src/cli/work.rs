//! With what the work is done: the same for every command that computes.

use super::{Exit, complain};
use crate::analysis::Memory;
use bytesize::ByteSize;

/// How many threads work.
#[derive(Debug, clap::Args)]
pub(super) struct Threads {
    /// How many threads work; the answer does not depend on it [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = "Work")]
    threads: Option<u16>,
}

/// How many threads work, with how much memory.
#[derive(Debug, clap::Args)]
pub(super) struct Work {
    #[command(flatten)]
    threads: Threads,

    /// How much memory may be held while reach and prices are computed: `4G`, `512MiB`; the answer does not depend on it
    #[arg(long, value_name = "SIZE", value_parser = size, help_heading = "Work")]
    max_memory: Option<ByteSize>,
}

fn size(text: &str) -> Result<ByteSize, String> {
    text.parse()
        .map_err(|_| "no size: write `4G`, `512M` or `1.5GiB`".to_owned())
}

impl Work {
    /// How much memory may be held.
    pub(super) fn memory(&self) -> Memory {
        self.max_memory
            .map_or(Memory::ALL, |size| Memory::capped(size.as_u64()))
    }

    /// As [`Threads::begin`].
    pub(super) fn begin(&self) -> Option<Exit> {
        self.threads.begin()
    }
}

impl Threads {
    /// Has all work done by so many threads; how the run ends where there are none.
    pub(super) fn begin(&self) -> Option<Exit> {
        let threads = self.threads?;
        let pool = rayon::ThreadPoolBuilder::new().num_threads(usize::from(threads));
        let error = pool.build_global().err()?;
        complain(&error);
        Some(Exit::Internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_decimal_or_binary() {
        let of = |text: &str| size(text).map(|size| size.as_u64());
        assert_eq!(of("512M"), Ok(512_000_000));
        assert_eq!(of("4G"), Ok(4_000_000_000));
        assert_eq!(of("1GiB"), Ok(1 << 30));
        assert_eq!(of("1.5 MiB"), Ok(3 << 19));
        assert_eq!(of("7"), Ok(7));
        for text in ["", "G", "4X", "-1G", "many"] {
            assert!(of(text).is_err(), "{text}");
        }
    }
}
