//! What `docs/risk.md` says is what the program does: tables are those of the program, examples come out as written.

use super::settings::{BANDS, DELAYS, ENVIRONMENTS, LIVES, REVOCATION, THEFTS};
use super::*;
use crate::inventory::{Access, EnvironmentClass, Haunt, Sensitivity};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/risk.md");

fn text() -> String {
    std::fs::read_to_string(PATH).unwrap()
}

/// The part of the document between two comments.
fn marked(text: &str, name: &str) -> (String, String, String) {
    let begin = format!("<!-- {name}: written by LEAKREACH_BLESS=1 cargo test documented -->\n");
    let end = format!("<!-- end of {name} -->\n");
    let (before, rest) = text.split_once(&begin).unwrap();
    let (inside, after) = rest.split_once(&end).unwrap();
    (
        format!("{before}{begin}"),
        inside.to_owned(),
        format!("{end}{after}"),
    )
}

fn time(seconds: u64) -> String {
    let (count, unit) = match seconds {
        seconds if seconds % 86_400 == 0 => (seconds / 86_400, "day"),
        seconds if seconds % 3_600 == 0 => (seconds / 3_600, "hour"),
        seconds => (seconds / 60, "minute"),
    };
    match count {
        1 => format!("1 {unit}"),
        count => format!("{count} {unit}s"),
    }
}

fn life(seconds: Option<u64>) -> String {
    seconds.map_or("never".to_owned(), time)
}

fn decimal(ten_thousandths: u64) -> String {
    let number = format!("{}.{:04}", ten_thousandths / WHOLE, ten_thousandths % WHOLE);
    number
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}

fn tables() -> Vec<(&'static str, String)> {
    let table = |head: &str, rows: Vec<String>| {
        let columns = head.matches('|').count() - 1;
        format!(
            "{head}\n|{}\n{}\n",
            " --- |".repeat(columns),
            rows.join("\n")
        )
    };
    let delays =
        DELAYS.map(|(haunt, delay, why)| format!("| {} | {} | {why} |", haunt.name(), time(delay)));
    let thefts =
        THEFTS.map(|(theft, p, why)| format!("| {} | {} | {why} |", theft.name(), decimal(p)));
    let lives = LIVES.map(|(kind, shortest, longest)| {
        format!(
            "| {} | {} | {} |",
            kind.name(),
            life(shortest),
            life(longest)
        )
    });
    let classes = EnvironmentClass::ALL.map(|class| {
        let words = ENVIRONMENTS
            .iter()
            .filter(|row| row.1 == class)
            .map(|row| row.0);
        format!(
            "| {} | {} |",
            class.name(),
            words.collect::<Vec<_>>().join(", ")
        )
    });
    let accesses = Access::LADDER.map(|access| {
        format!(
            "| {} | {} |",
            access.name(),
            decimal(1_000 * access_tenths(access))
        )
    });
    let values = Sensitivity::ALL.map(|level| {
        format!(
            "| {} | {} |",
            level.name(),
            decimal(1_000 * sensitivity_tenths(level))
        )
    });
    let bands = BANDS.map(|(limit, share)| format!("| {} | {} |", limit.name(), decimal(share)));
    vec![
        ("accesses", table("| access | A |", accesses.to_vec())),
        ("values", table("| sensitivity | V |", values.to_vec())),
        ("classes", table("| class | words |", classes.to_vec())),
        (
            "thefts",
            table("| known of the place | p a year | why |", thefts.to_vec()),
        ),
        (
            "delays",
            table("| place | \u{3c4} | why |", delays.to_vec()),
        ),
        (
            "lives",
            table("| kind | shortest | longest |", lives.to_vec()),
        ),
        (
            "bands",
            table(
                "| band | from which share of all value on |",
                bands.to_vec(),
            ),
        ),
        (
            "sensitivities",
            table(
                "| place, \u{3c4} | 15 minutes | 1 hour | 12 hours | 30 days | 90 days | never |",
                sensitivities(),
            ),
        ),
    ]
}

/// t of lives of known lengths for delays that others saw, or that may be.
fn sensitivities() -> Vec<String> {
    const MINUTE: f64 = 1.0 / 1_440.0;
    let lives = [15.0 * MINUTE, 1.0 / 24.0, 0.5, 30.0, 90.0].map(Life::Ends);
    let delays = [
        (Haunt::PublicCode, 1, 60),
        (Haunt::PublicCode, 2, 60),
        (Haunt::PublicCode, 9, 60),
        (Haunt::PublicCode, 17, 60),
        (Haunt::Private, 1, 86_400),
        (Haunt::Private, 30, 86_400),
        (Haunt::Private, 180, 86_400),
    ];
    let row = |(haunt, count, unit): (Haunt, u64, u64)| {
        let race = Race::new(
            (count * unit) as f64 / 86_400.0,
            REVOCATION as f64 / 86_400.0,
        );
        let all = lives.into_iter().chain([Life::Endless]);
        let cells = all.map(|life| format!(" {} |", decimal(ten_thousandths(race.works(life)))));
        format!(
            "| {}, {} |{}",
            haunt.name(),
            time(count * unit),
            cells.collect::<String>()
        )
    };
    delays.map(row).to_vec()
}

#[test]
fn the_documented_tables_are_these() {
    for (name, table) in tables() {
        let (before, documented, after) = marked(&text(), name);
        if std::env::var_os("LEAKREACH_BLESS").is_some() {
            std::fs::write(PATH, format!("{before}{table}{after}")).unwrap();
        } else {
            assert_eq!(documented, table, "run the test with LEAKREACH_BLESS=1");
        }
    }
}

/// The rows of the table that follows a heading, cell by cell.
fn rows(heading: &str) -> Vec<Vec<String>> {
    let text = text();
    let (_, rest) = text.split_once(&format!("{heading}\n")).unwrap();
    let lines = rest.lines().skip_while(|line| !line.starts_with('|'));
    let rows = lines.take_while(|line| line.starts_with('|')).skip(2);
    rows.map(|line| {
        let cells = line.trim_matches('|').split('|');
        cells
            .map(|cell| cell.trim().trim_matches('`').to_owned())
            .collect()
    })
    .collect()
}

fn days(text: &str) -> f64 {
    let span: jiff::Span = text.parse().unwrap();
    span.total(jiff::SpanTotal::from(jiff::Unit::Day).days_are_24_hours())
        .unwrap()
}

#[test]
fn every_example_of_a_clock_comes_out() {
    let rows = rows("### t by hand");
    assert!(rows.len() >= 5, "{rows:?}");
    for row in rows {
        let haunt = Haunt::from_name(&row[0]).unwrap();
        let life = match row[1].as_str() {
            "never ends" => Life::Endless,
            "is dead" => Life::Dead,
            text => match text.strip_prefix("renewed every ") {
                Some(length) => Life::Renewed(days(length)),
                None => Life::Ends(days(text.strip_prefix("ends in ").unwrap())),
            },
        };
        let settings = Settings::default();
        let race = Race::new(settings.delay(haunt), settings.revocation());
        let t = decimal(ten_thousandths(race.works(life)));
        assert_eq!(t, row[3], "{row:?}");
    }
}

#[test]
fn every_example_of_a_score_comes_out() {
    let rows = rows("### A score by hand");
    assert!(rows.len() >= 3, "{rows:?}");
    for row in rows {
        let vector: Vector = row[0].parse().unwrap();
        assert_eq!(vector.to_string(), row[0]);
        let (certain, possible) = vector.units();
        let units = |text: &str| {
            let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
            let padded = format!("{whole}{decimals:0<8}");
            padded.parse::<u64>().unwrap() / 25
        };
        assert_eq!(
            (certain, possible),
            (units(&row[1]), units(&row[2])),
            "{row:?}"
        );
    }
}

#[test]
fn the_example_of_an_organisation_comes_out() {
    for row in rows("### An organisation by hand") {
        let number = |at: usize| row[at].parse::<u64>().unwrap();
        let level = Sensitivity::from_name(&row[0]).unwrap();
        let access = Access::from_name(&row[1]).unwrap();
        let chance = (row[3].parse::<f64>().unwrap() * 10_000.0).round() as u64;
        let rungs = Access::LADDER.into_iter().zip(log_rungs(chance));
        let each: u64 = rungs
            .filter(|(rung, _)| *rung <= access)
            .map(|(_, one)| one)
            .sum();
        let lost = lost_units(level, number(2) * each) as f64 / 4_000_000.0;
        assert_eq!(format!("{lost:.4}"), row[5], "{row:?}");
    }
}
