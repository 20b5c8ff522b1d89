//! From records to linked tables.

use super::{File, FileId, Inventory, Record, Table};
use crate::problem::Problem;
use jiff::Timestamp;

impl Inventory {
    /// Links `records` into tables. What is wrong among them is added to `problems`.
    pub fn build(
        _files: Table<FileId, File>,
        _records: Vec<Record>,
        as_of: Timestamp,
        _problems: &mut Vec<Problem>,
    ) -> Self {
        Self {
            as_of,
            ..Self::default()
        }
    }
}
