//! Progress as an argument: stages tell it what they do, the command line decides whether to show it.

/// Told about long work. Every method may be called from several threads.
pub trait Progress: Sync {
    /// A stage begins; `total` is the number of units it will report, 0 when unknown.
    fn begin(&self, stage: &str, total: u64);
    /// `units` more units of the current stage are done.
    fn advance(&self, units: u64);
    /// The current stage ends.
    fn end(&self);
}

/// Shows nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _stage: &str, _total: u64) {}
    fn advance(&self, _units: u64) {}
    fn end(&self) {}
}
