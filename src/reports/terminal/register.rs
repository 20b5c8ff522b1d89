//! A register for a terminal: the columns that fit.

use super::{Column, MAX_WIDTH, MIN_WIDTH, Page, Style};
use crate::reports::register::Register;

/// The register, at most `width` columns wide.
pub(crate) fn register(register: &Register, width: usize, style: Style) -> String {
    let mut page = Page {
        text: String::new(),
        width: width.clamp(MIN_WIDTH, MAX_WIDTH),
        style,
    };
    page.register(register);
    page.text
}

impl Page {
    pub(super) fn register(&mut self, register: &Register) {
        let shown = register.columns.iter().enumerate();
        let shown: Vec<(usize, Column)> = shown
            .filter_map(|(at, column)| {
                let shown = column.shown?;
                let column = Column {
                    name: shown.heading,
                    is_number: shown.is_number,
                    from_width: shown.from_width,
                    lines: if shown.is_short { 0 } else { 3 },
                };
                Some((at, column))
            })
            .collect();
        let rows: Vec<Vec<String>> = register
            .rows
            .iter()
            .map(|row| {
                let cells = shown.iter();
                cells
                    .map(|(at, _)| row.get(*at).map(|cell| cell.shown()).unwrap_or_default())
                    .collect()
            })
            .collect();
        let columns: Vec<Column> = shown.into_iter().map(|(_, column)| column).collect();
        self.table(&columns, &rows);
    }
}
