//! How much memory may be held: as much as there is, or a cap. The engine does so many batches at once as fit below it.

use bytesize::ByteSize;

/// How much memory the engine may take.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    cap: Option<u64>,
    /// What the process holds, in bytes; `None` where the system does not tell.
    held: fn() -> Option<u64>,
}

/// Why the work cannot be done below the cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooLittle {
    /// Not even one batch fits.
    #[error(
        "{} of memory are too little: {} are held, and the least that {work} takes is {} more\n  help: {} are enough for it",
        size(*cap), size(*held), size(*least), size(enough(*held, *least))
    )]
    Batch {
        /// What was to be done.
        work: &'static str,
        /// The cap, in bytes.
        cap: u64,
        /// What was held, in bytes.
        held: u64,
        /// What one batch takes, in bytes.
        least: u64,
    },
    /// Nobody knows how much is held.
    #[error("this system does not tell how much memory is held, so it cannot be capped")]
    Unknown,
}

/// In binary units, as `4.0 GiB`.
fn size(bytes: u64) -> String {
    ByteSize::b(bytes).display().iec().to_string()
}

/// A cap, in whole MiB, at which it goes.
fn enough(held: u64, least: u64) -> u64 {
    // What is held differs a little from run to run.
    let sum = held.saturating_add(least);
    sum.saturating_add(sum / 50).next_multiple_of(1 << 20)
}

impl Memory {
    /// As much as there is.
    pub const ALL: Self = Self {
        cap: None,
        held: resident,
    };

    /// At most so many bytes, for the whole process.
    pub fn capped(bytes: u64) -> Self {
        Self {
            cap: Some(bytes),
            ..Self::ALL
        }
    }

    /// What may still be taken, in bytes; `None` where nothing is capped.
    ///
    /// # Errors
    /// When it is less than `least`, which is what `work` takes.
    pub fn room(&self, work: &'static str, least: u64) -> Result<Option<u64>, TooLittle> {
        let Some(cap) = self.cap else {
            return Ok(None);
        };
        let held = (self.held)().ok_or(TooLittle::Unknown)?;
        match cap.checked_sub(held) {
            Some(room) if room >= least => Ok(Some(room)),
            _ => Err(TooLittle::Batch {
                work,
                cap,
                held,
                least,
            }),
        }
    }

    /// How many may be done at once of what takes `each` bytes, up to `most`.
    ///
    /// # Errors
    /// When not even one fits.
    pub fn at_once(&self, work: &'static str, each: u64, most: usize) -> Result<usize, TooLittle> {
        let room = self.room(work, each)?;
        let fit = room.map_or(u64::MAX, |room| room / each.max(1));
        Ok(usize::try_from(fit).unwrap_or(usize::MAX).min(most).max(1))
    }
}

/// The bytes of this process that lie in memory.
fn resident() -> Option<u64> {
    memory_stats::memory_stats().map(|stats| stats.physical_mem as u64)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A cap beside which nothing is held.
    pub(crate) fn only(bytes: u64) -> Memory {
        Memory {
            cap: Some(bytes),
            held: || Some(0),
        }
    }

    #[test]
    fn as_many_are_done_at_once_as_fit() {
        let at_once = |cap| only(cap).at_once("it", 10, 4);
        assert_eq!(at_once(1_000), Ok(4));
        assert_eq!(at_once(39), Ok(3));
        assert_eq!(at_once(10), Ok(1));
        assert_eq!(Memory::ALL.at_once("it", u64::MAX, 4), Ok(4));
        assert!(at_once(9).is_err());
    }

    #[test]
    fn what_is_held_counts() {
        let memory = Memory {
            cap: Some(100),
            held: || Some(75),
        };
        assert_eq!(memory.at_once("it", 10, 4), Ok(2));
        let unknown = Memory {
            cap: Some(100),
            held: || None,
        };
        assert_eq!(unknown.at_once("it", 10, 4), Err(TooLittle::Unknown));
        let held = Memory::capped(u64::MAX).room("it", 0).unwrap().unwrap();
        assert!(held < u64::MAX - (1 << 20), "this process holds something");
    }

    #[test]
    fn what_would_be_enough_is_told() {
        let memory = Memory {
            cap: Some(1 << 30),
            held: || Some(1 << 30),
        };
        let told = memory.at_once("reach", 1 << 20, 4).unwrap_err().to_string();
        assert_eq!(
            told,
            "1.0 GiB of memory are too little: 1.0 GiB are held, and the least that reach takes is 1.0 MiB more\n  help: \
             1.0 GiB are enough for it"
        );
    }
}
