//! Registers: rows of columns, the same as a table for people, as JSON and as CSV.
//!
//! Cells hold what exports say; each format makes them safe in its own way: visible for people, escaped in JSON, and in
//! CSV so that no spreadsheet takes them for a formula.

use super::csv::guarded;
use super::words::visible;
use crate::risk::Points;

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    /// Text; empty where there is none, which JSON has as an empty text.
    Text(String),
    /// Several texts.
    Texts(Vec<String>),
    /// A number, as it is written.
    Number(String),
    /// Points: rounded for people, exact for machines.
    Points(Points),
    /// Whether something is so.
    Flag(bool),
    /// Not known, or no question.
    Nothing,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Vec<String>> for Cell {
    fn from(texts: Vec<String>) -> Self {
        Self::Texts(texts)
    }
}

impl From<Points> for Cell {
    fn from(points: Points) -> Self {
        Self::Points(points)
    }
}

impl From<u64> for Cell {
    fn from(number: u64) -> Self {
        Self::Number(number.to_string())
    }
}

impl From<bool> for Cell {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(maybe: Option<T>) -> Self {
        maybe.map_or(Self::Nothing, Into::into)
    }
}

impl Cell {
    /// As people read it: visible, several texts with semicolons between.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Text(text) => visible(text),
            Self::Texts(texts) => {
                let texts: Vec<String> = texts.iter().map(|text| visible(text)).collect();
                texts.join("; ")
            }
            Self::Number(number) => number.clone(),
            Self::Points(points) => points.to_string(),
            Self::Flag(true) => "yes".to_owned(),
            Self::Flag(false) => "no".to_owned(),
            Self::Nothing => String::new(),
        }
    }

    fn json(&self) -> Result<serde_json::Value, serde_json::Error> {
        Ok(match self {
            Self::Text(text) => text.as_str().into(),
            Self::Texts(texts) => texts.as_slice().into(),
            Self::Number(number) => serde_json::Value::Number(serde_json::from_str(number)?),
            Self::Points(points) => {
                serde_json::Value::Number(serde_json::from_str(&points.exact())?)
            }
            Self::Flag(flag) => (*flag).into(),
            Self::Nothing => serde_json::Value::Null,
        })
    }

    fn csv(&self) -> String {
        match self {
            Self::Text(_) | Self::Texts(_) => guarded(&self.shown()),
            Self::Points(points) => points.exact(),
            _ => self.shown(),
        }
    }
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    /// Its stable name, in JSON and CSV.
    pub(crate) name: &'static str,
    /// How a terminal shows it; `None`: it does not.
    pub(crate) shown: Option<Shown>,
}

/// How a terminal shows a column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown {
    /// Its heading.
    pub(crate) heading: &'static str,
    /// The narrowest terminal that has room for it.
    pub(crate) from_width: usize,
    /// Whether it stands at the right.
    pub(crate) is_number: bool,
    /// Whether it is never cut or broken: numbers, and words of which there are few.
    pub(crate) is_short: bool,
}

/// A column of names, shown from some width on.
pub(crate) const fn text(name: &'static str, heading: &'static str, from_width: usize) -> Column {
    Column {
        name,
        shown: Some(Shown {
            heading,
            from_width,
            is_number: false,
            is_short: false,
        }),
    }
}

/// A column of short words, shown from some width on.
pub(crate) const fn word(name: &'static str, heading: &'static str, from_width: usize) -> Column {
    Column {
        name,
        shown: Some(Shown {
            heading,
            from_width,
            is_number: false,
            is_short: true,
        }),
    }
}

/// A column of numbers, shown from some width on.
pub(crate) const fn number(name: &'static str, heading: &'static str, from_width: usize) -> Column {
    Column {
        name,
        shown: Some(Shown {
            heading,
            from_width,
            is_number: true,
            is_short: true,
        }),
    }
}

/// A column for machines alone.
pub(crate) const fn hidden(name: &'static str) -> Column {
    Column { name, shown: None }
}

/// Rows of columns.
#[derive(Debug, Clone)]
pub(crate) struct Register {
    /// The columns.
    pub(crate) columns: Vec<Column>,
    /// The rows: as many cells as there are columns.
    pub(crate) rows: Vec<Vec<Cell>>,
}

/// Why a register could not be written: a fault of this program.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// As JSON.
    #[error("the list could not be written as JSON")]
    Json(#[from] serde_json::Error),
    /// As CSV.
    #[error("the list could not be written as CSV")]
    Csv(#[from] ::csv::Error),
    /// As CSV, at its end.
    #[error("the list could not be written as CSV")]
    Unfinished,
}

impl Register {
    /// A paragraph for each row: its name, then a line for each other cell that says something; with the column's name
    /// where there are many.
    pub(crate) fn paragraphs(&self) -> String {
        let is_wide = self.columns.len() > 3;
        let width = self.columns.iter().map(|column| column.name.len()).max();
        let width = width.unwrap_or_default();
        let mut text = String::new();
        for row in &self.rows {
            for (at, (column, cell)) in self.columns.iter().zip(row).enumerate() {
                // The commands of a source stand on several lines.
                let cell = match cell {
                    Cell::Text(text) => text.clone(),
                    other => other.shown(),
                };
                match (at, is_wide) {
                    (0, _) => text += &format!("{cell}\n"),
                    _ if cell.is_empty() => {}
                    (_, true) => text += &format!("    {:<width$}  {cell}\n", column.name),
                    (_, false) => text += &format!("    {cell}\n"),
                }
            }
        }
        text
    }

    /// An array of objects.
    pub(crate) fn json(&self) -> Result<Vec<u8>, Error> {
        let object = |row: &Vec<Cell>| -> Result<serde_json::Value, serde_json::Error> {
            let cells = self.columns.iter().zip(row);
            let members = cells.map(|(column, cell)| Ok((column.name.to_owned(), cell.json()?)));
            members
                .collect::<Result<serde_json::Map<_, _>, _>>()
                .map(Into::into)
        };
        let objects = self.rows.iter().map(object);
        let objects: Vec<serde_json::Value> = objects.collect::<Result<_, _>>()?;
        let mut bytes = serde_json::to_vec_pretty(&objects)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// A table with a header.
    pub(crate) fn csv(&self) -> Result<Vec<u8>, Error> {
        let mut writer = ::csv::Writer::from_writer(Vec::new());
        writer.write_record(self.columns.iter().map(|column| column.name))?;
        for row in &self.rows {
            writer.write_record(row.iter().map(Cell::csv))?;
        }
        writer.into_inner().map_err(|_| Error::Unfinished)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn register(cells: Vec<Cell>) -> Register {
        Register {
            columns: vec![
                text("id", "id", 0),
                number("points", "points", 0),
                hidden("scopes"),
            ],
            rows: vec![cells],
        }
    }

    #[test]
    fn no_spreadsheet_takes_a_cell_for_a_formula() {
        for first in ["=", "+", "-", "@", "\u{ff1d}"] {
            let hostile = format!("{first}HYPERLINK(1)");
            let rows = register(vec![
                hostile.clone().into(),
                Cell::Number("-1".to_owned()),
                vec![hostile.clone(), "two".to_owned()].into(),
            ]);
            let csv = String::from_utf8(rows.csv().unwrap()).unwrap();
            let cell = format!("'{hostile}");
            assert_eq!(csv, format!("id,points,scopes\n{cell},-1,{cell}; two\n"));
        }
        let csv = register(vec!["a=b".into(), Cell::Nothing, Cell::Texts(Vec::new())]).csv();
        assert_eq!(
            csv.unwrap(),
            b"id,points,scopes\na=b,,\n",
            "only the first character counts"
        );
    }

    #[test]
    fn json_keeps_kinds_and_texts_as_they_are() {
        let rows = register(vec![
            "=1\u{1b}".into(),
            Points::hundredths(29).into(),
            vec!["a".to_owned(), "b".to_owned()].into(),
        ]);
        let json = String::from_utf8(rows.json().unwrap()).unwrap();
        assert!(json.contains("\"points\": 0.29,"), "{json}");
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value[0]["id"], "=1\u{1b}");
        assert_eq!(value[0]["scopes"], serde_json::json!(["a", "b"]));
        let nothing = register(vec!["a".into(), Cell::Nothing, Cell::Flag(true)]);
        let value: serde_json::Value = serde_json::from_slice(&nothing.json().unwrap()).unwrap();
        assert_eq!(value[0]["points"], serde_json::Value::Null);
        assert_eq!(value[0]["scopes"], true);
    }

    #[test]
    fn a_control_character_reaches_no_table() {
        let rows = register(vec!["a\u{1b}[31m\nb".into(), Cell::Nothing, Cell::Nothing]);
        let csv = String::from_utf8(rows.csv().unwrap()).unwrap();
        assert_eq!(csv.lines().count(), 2);
        assert!(!csv.contains('\u{1b}'), "{csv:?}");
    }
}
