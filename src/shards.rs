//! The files in which parts of a run lie until they are merged: written by shards, read and checked for the merge.
//!
//! A file says what was run, which part of it this is, and a digest of what was read. Parts are numbers: places of
//! scenarios and candidates, and integers of points. No name, path of a step or value is in them.

use crate::analysis::{
    FixLimit, Gained, Measure, Memory, Mode, Options, Part, ReadOptions, Shard, Sums,
};
use crate::fixes::{Gain, Price};
use crate::reports;
use crate::risk::{NoVector, Vector};
use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What was run: the same for all its parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// The paths that were read, as they were given.
    #[schemars(with = "Vec<String>")]
    pub paths: Vec<Utf8PathBuf>,
    /// The estate file that was given.
    #[schemars(with = "Option<String>")]
    pub estate: Option<Utf8PathBuf>,
    /// The moment that counts as now (RFC 3339).
    as_of: String,
    /// Files larger than so many bytes were refused.
    max_file_bytes: u64,
    /// Whether nothing might be skipped.
    pub strict: bool,
    /// What was asked of credentials: `blast-radius` or `risk`.
    mode: String,
    /// By which figure between certain and possible reach things are ranked: `mean`, `certain` or `possible`.
    bound: String,
    /// How many scenarios of a kind are shown in full.
    shown: usize,
    /// How many fixes are priced exactly; null for all.
    fixes: Option<usize>,
}

impl Run {
    /// A run over `paths`.
    pub fn new(paths: &[Utf8PathBuf], options: &Options, strict: bool) -> Self {
        Self {
            paths: paths.to_vec(),
            estate: options.read.estate.clone(),
            as_of: options.as_of.to_string(),
            max_file_bytes: options.read.max_file_bytes,
            strict,
            mode: options.mode.name().to_owned(),
            bound: options.measure.name().to_owned(),
            shown: options.shown,
            fixes: match options.fixes {
                FixLimit::All => None,
                FixLimit::Best(best) => Some(best),
            },
        }
    }

    /// What it was asked for; `None` where its moment, its mode or its bound is none.
    pub fn options(&self, memory: Memory) -> Option<Options> {
        Some(Options {
            as_of: self.as_of.parse::<Timestamp>().ok()?,
            read: ReadOptions {
                estate: self.estate.clone(),
                max_file_bytes: self.max_file_bytes,
            },
            mode: Mode::from_name(&self.mode)?,
            measure: Measure::from_name(&self.bound)?,
            shown: self.shown,
            fixes: self.fixes.map_or(FixLimit::All, FixLimit::Best),
            memory,
        })
    }

    /// The first in which two runs differ, by its name on the command line.
    fn difference(&self, other: &Self) -> Option<&'static str> {
        let differs = [
            (self.paths != other.paths, "PATH"),
            (self.as_of != other.as_of, "--as-of"),
            (self.estate != other.estate, "--estate"),
            (
                self.max_file_bytes != other.max_file_bytes,
                "--max-file-size",
            ),
            (self.strict != other.strict, "--strict"),
            (self.mode != other.mode, "--mode"),
            (self.bound != other.bound, "--bound"),
            (self.shown != other.shown, "--shown"),
            (self.fixes != other.fixes, "--fixes"),
        ];
        differs.into_iter().find(|one| one.0).map(|one| one.1)
    }
}

/// The version of the files that this program writes and reads.
const VERSION: u32 = 1;

/// The address of the schema of this version. It names the schema; nothing is fetched from it.
#[cfg(test)]
const SCHEMA: &str = "https://leakreach.dev/schema/part-1.json";

/// What every version has.
#[derive(Deserialize)]
struct Head {
    version: u32,
    tool: String,
}

/// One part of a run, to be merged with the others by `leakreach merge`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "leakreach part of a run, version 1")]
pub struct PartFile {
    /// The version of this shape: 1.
    version: u32,
    /// The version of leakreach that made it.
    tool: String,
    /// The number of this part, from 0.
    shard: u32,
    /// How many parts there are.
    of: u32,
    /// What was run.
    run: Run,
    /// A digest of what was read and derived.
    inputs: String,
    /// Reach of each scenario of this part: the vector of its score, then credentials, principals and whole tenants that it
    /// gains for certain, then possibly.
    reach: Vec<(String, [u64; 6])>,
    /// Of each candidate of this part: its place, what it can gain at most, what it gains for certain and possibly (points
    /// in units of 1/4,000,000, zero where it was not priced), and the credentials that it shortens.
    prices: Vec<[u64; 5]>,
}

/// Why parts cannot be read, written, or be of one run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is none.
    #[error(
        "`{0}` holds no part of a run\n  help: `leakreach analyze PATH… --shard 0/4 --out {0}` writes the first of four"
    )]
    None(Utf8PathBuf),
    /// The file system refused.
    #[error("`{path}` cannot be read: {reason}")]
    Unreadable {
        /// What was to be read.
        path: Utf8PathBuf,
        /// What the file system said.
        reason: std::io::ErrorKind,
    },
    /// It is no part of a run, or not all of one.
    #[error("`{path}` is damaged: {reason}\n  help: run that shard again")]
    Damaged {
        /// The file.
        path: Utf8PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Another version wrote it.
    #[error("`{path}` was written by leakreach {tool}, and this is {}\n  help: run all shards with one version, and merge with it", env!("CARGO_PKG_VERSION"))]
    Version {
        /// The file.
        path: Utf8PathBuf,
        /// What wrote it.
        tool: String,
    },
    /// Two are of different runs.
    #[error("`{first}` and `{second}` are parts of different runs: {what} differs")]
    Differs {
        /// A file.
        first: Utf8PathBuf,
        /// Another.
        second: Utf8PathBuf,
        /// In what.
        what: &'static str,
    },
    /// A part is there twice.
    #[error(
        "`{first}` and `{second}` are the same part of a run, {shard}\n  help: leave one of them out"
    )]
    Twice {
        /// A file.
        first: Utf8PathBuf,
        /// Another.
        second: Utf8PathBuf,
        /// The part.
        shard: Shard,
    },
    /// Parts are missing.
    #[error("of {of} parts {} missing: {}\n  help: run `leakreach analyze` with `--shard {}` too, or name the folder where it lies", if .missing.contains(',') { "some are" } else { "one is" }, .missing, .missing.split(',').next().unwrap_or_default())]
    Missing {
        /// How many there should be.
        of: u32,
        /// Which, as `1/4, 3/4`.
        missing: String,
    },
}

/// The name of the file of a part.
fn file_name(shard: Shard) -> String {
    format!("shard-{}-of-{}.json", shard.number(), shard.of())
}

/// Writes a part into `dir`, which is made if it is not there, and returns the path of its file.
///
/// # Errors
/// When it cannot be written.
pub fn write(dir: &Utf8Path, run: &Run, part: &Part) -> Result<Utf8PathBuf, reports::Error> {
    let path = dir.join(file_name(part.shard));
    let mut bytes = serde_json::to_vec(&PartFile::new(run, part))?;
    bytes.push(b'\n');
    reports::put(dir, vec![(path.clone(), bytes)])?;
    Ok(path)
}

/// Reads all parts of one run from folders, and checks that they belong together. They come in order of number.
///
/// # Errors
/// When a part is missing, damaged, there twice, or of another run or version.
pub fn read(dirs: &[Utf8PathBuf]) -> Result<(Run, Vec<Part>), Error> {
    let mut files: Vec<(Utf8PathBuf, Run, Part)> = Vec::new();
    for dir in dirs {
        let paths = paths(dir)?;
        if paths.is_empty() {
            return Err(Error::None(dir.clone()));
        }
        for path in paths {
            let (run, part) = read_file(&path)?;
            files.push((path, run, part));
        }
    }
    // A folder that is named twice does not hold two parts.
    files.sort_by(|a, b| (a.2.shard, &a.0).cmp(&(b.2.shard, &b.0)));
    files.dedup_by(|a, b| a.0 == b.0);
    for pair in files.windows(2) {
        let [(first, run, part), (second, other_run, other)] = pair else {
            continue;
        };
        let what = match run.difference(other_run) {
            Some(what) => Some(what),
            None if part.shard.of() != other.shard.of() => Some("the number of shards"),
            None if part.digest != other.digest => Some("what was read"),
            None => None,
        };
        if let Some(what) = what {
            return Err(Error::Differs {
                first: first.clone(),
                second: second.clone(),
                what,
            });
        }
        if part.shard == other.shard {
            return Err(Error::Twice {
                first: first.clone(),
                second: second.clone(),
                shard: part.shard,
            });
        }
    }
    let runs = files
        .first()
        .map(|(_, run, part)| (run.clone(), part.shard.of()));
    let (run, of) = runs.ok_or_else(|| Error::None(dirs.first().cloned().unwrap_or_default()))?;
    let parts: Vec<Part> = files.into_iter().map(|(.., part)| part).collect();
    let is_there = |number: u32| parts.iter().any(|part| part.shard.number() == number);
    let missing = (0..of).filter(|&number| !is_there(number));
    let missing: Vec<String> = missing.map(|number| format!("{number}/{of}")).collect();
    match missing.is_empty() {
        true => Ok((run, parts)),
        false => Err(Error::Missing {
            of,
            missing: missing.join(", "),
        }),
    }
}

/// The files of parts in a folder, in order of path.
fn paths(dir: &Utf8Path) -> Result<Vec<Utf8PathBuf>, Error> {
    let unreadable = |error: std::io::Error| Error::Unreadable {
        path: dir.to_owned(),
        reason: error.kind(),
    };
    let mut paths = Vec::new();
    for entry in dir.read_dir_utf8().map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.into_path();
        let is_part = path
            .file_name()
            .is_some_and(|name| name.starts_with("shard-") && name.ends_with(".json"));
        if is_part {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn read_file(path: &Utf8Path) -> Result<(Run, Part), Error> {
    let bytes = std::fs::read(path).map_err(|error| Error::Unreadable {
        path: path.to_owned(),
        reason: error.kind(),
    })?;
    let damaged = |reason: String| Error::Damaged {
        path: path.to_owned(),
        reason,
    };
    let head: Head = serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
    if head.version != VERSION || head.tool != env!("CARGO_PKG_VERSION") {
        return Err(Error::Version {
            path: path.to_owned(),
            tool: head.tool,
        });
    }
    let file: PartFile =
        serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
    let shard = Shard::new(file.shard, file.of);
    let shard = shard.ok_or_else(|| damaged("there is no such part".to_owned()))?;
    let run = file.run.clone();
    let part = file
        .part(shard)
        .map_err(|error| damaged(error.to_string()))?;
    Ok((run, part))
}

impl PartFile {
    fn new(run: &Run, part: &Part) -> Self {
        let reach = part.sums.iter().map(|sums| {
            let Sums {
                certain,
                possible,
                vector,
            } = sums;
            let gained = [
                certain.credentials,
                certain.principals,
                certain.tenants,
                possible.credentials,
                possible.principals,
                possible.tenants,
            ];
            (vector.to_string(), gained)
        });
        let prices = part.prices.iter().map(|price| {
            let gain = price.gain;
            let of = |figure: fn(Gain) -> u64| gain.map_or(0, figure);
            [
                price.candidate as u64,
                price.bound,
                of(|gain| gain.certain),
                of(|gain| gain.possible),
                of(|gain| gain.scenarios),
            ]
        });
        Self {
            version: VERSION,
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            shard: part.shard.number(),
            of: part.shard.of(),
            run: run.clone(),
            inputs: part.digest.clone(),
            reach: reach.collect(),
            prices: prices.collect(),
        }
    }

    fn part(self, shard: Shard) -> Result<Part, NoVector> {
        let sums = self
            .reach
            .into_iter()
            .map(|(vector, certain_then_possible)| {
                let vector: Vector = vector.parse()?;
                let gained = |[credentials, principals, tenants]: [u64; 3]| Gained {
                    credentials,
                    principals,
                    tenants,
                };
                let [credentials, principals, tenants, possible @ ..] = certain_then_possible;
                let certain = gained([credentials, principals, tenants]);
                Ok(Sums::new(vector, certain, gained(possible)))
            });
        let sums: Result<Vec<Sums>, NoVector> = sums.collect();
        let prices = self.prices.into_iter();
        let prices = prices.map(|[candidate, bound, certain, possible, scenarios]| {
            let candidate = usize::try_from(candidate).unwrap_or(usize::MAX);
            let gain = Gain {
                candidate,
                certain,
                possible,
                scenarios,
            };
            Price {
                candidate,
                bound,
                gain: (certain > 0 || possible > 0).then_some(gain),
            }
        });
        Ok(Part {
            shard,
            digest: self.inputs,
            sums: sums?,
            prices: prices.collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn schema() -> String {
        let mut generator = schemars::generate::SchemaSettings::draft2020_12().into_generator();
        let mut schema = generator.root_schema_for::<PartFile>();
        schema.insert("$id".to_owned(), SCHEMA.into());
        format!("{}\n", serde_json::to_string_pretty(&schema).unwrap())
    }

    #[test]
    fn the_committed_schema_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/schema/part-1.json");
        if std::env::var_os("LEAKREACH_BLESS").is_some() {
            std::fs::write(path, schema()).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            committed == schema(),
            "run the test with LEAKREACH_BLESS=1 and commit {path}"
        );
    }

    fn part() -> (Run, Part) {
        let options = Options {
            as_of: "2026-01-01T00:00:00Z".parse().unwrap(),
            read: ReadOptions::default(),
            mode: Mode::Risk,
            measure: Measure::Possible,
            shown: 7,
            fixes: FixLimit::Best(3),
            memory: Memory::ALL,
        };
        let sum = |at: u64| {
            let vector =
                format!("br-1/P:0.0010..0.9000/C:-/M:read.crown.x7*{at}+admin.public.x4*1");
            let gained = |credentials, principals, tenants| Gained {
                credentials,
                principals,
                tenants,
            };
            let (certain, possible) = (gained(0, at + 1, 1), gained(at, u64::MAX, 2));
            Sums::new(vector.parse().unwrap(), certain, possible)
        };
        let price = |candidate, certain| Price {
            candidate,
            bound: 40,
            gain: (certain > 0).then_some(Gain {
                candidate,
                certain,
                possible: 9,
                scenarios: 5,
            }),
        };
        let part = Part {
            shard: Shard::new(1, 2).unwrap(),
            digest: "00ff".to_owned(),
            sums: vec![sum(10), sum(20)],
            prices: vec![price(4, 8), price(6, 0)],
        };
        (Run::new(&["in".into()], &options, true), part)
    }

    #[test]
    fn what_is_written_is_what_is_read_and_valid() {
        let folder = tempfile::tempdir().unwrap();
        let dir = Utf8Path::from_path(folder.path()).unwrap();
        let (run, part) = part();
        let path = write(dir, &run, &part).unwrap();
        assert_eq!(path.file_name(), Some("shard-1-of-2.json"));
        assert_eq!(read_file(&path).unwrap(), (run, part));
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let mut file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        assert!(validator.is_valid(&file));
        file["of"] = "two".into();
        assert!(!validator.is_valid(&file));
    }

    #[test]
    fn options_come_back() {
        let (run, _) = part();
        let options = run.options(Memory::ALL).unwrap();
        assert_eq!(Run::new(&run.paths, &options, run.strict), run);
    }
}
