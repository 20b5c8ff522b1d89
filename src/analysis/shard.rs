//! A run in parts: each shard computes its share of reach and prices, and what all of them found is merged to the result
//! of one run.
//!
//! Every shard, and the merge, reads the inputs and derives the steps itself: that is the same for all, and a digest says
//! whether it was. Scenarios are cut into batches, candidates stand in a common order, and both are dealt out in turn;
//! so no shard needs to know what another does. What is shown in full is derived by the merge, as one run derives it.

use super::{Analysis, Fixes, Options, Priced, Sums, derived, organisation, worth};
use crate::fixes::{self, Price};
use crate::memory::TooLittle;
use crate::progress::Progress;
use crate::steps::Steps;
use camino::Utf8PathBuf;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

/// Which part of a run: parts are numbered from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shard {
    number: u32,
    of: u32,
}

/// So many scenarios are dealt out at once: as many as rows have lanes; few in tests, so that small estates are cut too.
const BATCH: usize = if cfg!(test) { 4 } else { 512 };

impl Shard {
    /// Part `number` of `of`; `None` where there is no such part.
    pub fn new(number: u32, of: u32) -> Option<Self> {
        (number < of).then_some(Self { number, of })
    }

    /// Its number, from 0.
    pub fn number(self) -> u32 {
        self.number
    }

    /// How many parts there are.
    pub fn of(self) -> u32 {
        self.of
    }

    /// Whether it takes what stands in this place.
    fn takes(self, place: usize) -> bool {
        place % self.of as usize == self.number as usize
    }

    /// Those of `all` that it takes, batch by batch.
    fn share<T: Copy>(self, all: &[T]) -> Vec<T> {
        let batches = all.chunks(BATCH).enumerate();
        let own = batches.filter(|(place, _)| self.takes(*place));
        own.flat_map(|(_, batch)| batch).copied().collect()
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/');
        let numbers =
            numbers.and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        let (number, of): (u32, u32) =
            numbers.ok_or("no part of a run: write `0/4`, for the first of four")?;
        Self::new(number, of).ok_or_else(|| match of {
            0 => "a run has one part at least".to_owned(),
            of => format!(
                "parts are numbered from 0: the last of {of} is {}/{of}",
                of - 1
            ),
        })
    }
}

/// What one shard found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Which part it is.
    pub shard: Shard,
    /// What was read and derived, in hexadecimal digits: the same for all parts of a run.
    pub digest: String,
    /// The reach of its scenarios.
    pub sums: Vec<Sums>,
    /// The prices of its fixes.
    pub prices: Vec<Price>,
}

/// Computes one part of a run. What comes with it is what was read and derived, without any reach.
///
/// # Errors
/// When there is too little memory.
pub fn part(
    paths: &[Utf8PathBuf],
    options: &Options,
    shard: Shard,
    progress: &dyn Progress,
) -> Result<(Analysis, Part), TooLittle> {
    let analysis = derived(paths, options, progress);
    let (credentials, exposures) = analysis.leaks();
    let own = shard.share(&[credentials.as_slice(), &exposures].concat());
    let sums = analysis.sums(&own, &options.memory, progress)?;
    let candidates = Fixes::new(&analysis).candidates;
    let Priced { scenarios, weights } = analysis.priced_over(&credentials);
    let prices = fixes::prices_within(
        &analysis.steps,
        &scenarios,
        &weights,
        &candidates,
        options.fixes,
        |place| shard.takes(place),
        &options.memory,
        progress,
    )?;
    let digest = digest(&analysis, &candidates);
    let part = Part {
        shard,
        digest,
        sums,
        prices,
    };
    Ok((analysis, part))
}

/// Why parts do not make a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unmerged {
    /// What is read now is not what the shards read.
    #[error(
        "what is read now is not what the shards read\n  help: merge where the same exports lie under the same paths, \
         and with the same version, or run all shards again"
    )]
    Inputs,
    /// Something is missing in a part, or does not belong to it.
    #[error(
        "the parts do not make a whole: {0} has not what it should have\n  help: run that shard again"
    )]
    Broken(Shard),
    /// Fixes are missing, or in several parts.
    #[error(
        "the parts do not make a whole: not every fix is in one of them\n  help: run all shards again"
    )]
    Fixes,
    /// There is too little memory.
    #[error(transparent)]
    Memory(#[from] TooLittle),
}

/// The result of one run, from its parts: all of them, in order.
///
/// # Errors
/// When they do not make a whole, or there is too little memory.
pub fn merge(
    paths: &[Utf8PathBuf],
    options: &Options,
    parts: &[Part],
    progress: &dyn Progress,
) -> Result<Analysis, Unmerged> {
    let mut analysis = derived(paths, options, progress);
    let candidates = Fixes::new(&analysis).candidates;
    let digest = digest(&analysis, &candidates);
    if parts.iter().any(|part| part.digest != digest) {
        return Err(Unmerged::Inputs);
    }
    let prices: Vec<Vec<Price>> = parts.iter().map(|part| part.prices.clone()).collect();
    let ranking = fixes::joined_ranking(candidates.len(), options.fixes, options.measure, &prices);
    let ranking = ranking.ok_or(Unmerged::Fixes)?;
    let (credentials, exposures) = analysis.leaks();
    let sums = joined_sums(credentials.len() + exposures.len(), parts)?;
    analysis.add_reach(sums, options)?;
    organisation::add(&mut analysis, &options.memory, progress)?;
    let fixes = Fixes::with(&analysis, candidates).ranked(&analysis, &ranking, options)?;
    analysis.add_fixes(fixes, &ranking, options)?;
    analysis.add_findings(options, progress)?;
    Ok(analysis)
}

/// The sums of all scenarios, in order.
fn joined_sums(scenarios: usize, parts: &[Part]) -> Result<Vec<Sums>, Unmerged> {
    let mut of_parts: Vec<_> = parts.iter().map(|part| part.sums.chunks(BATCH)).collect();
    let mut all = Vec::with_capacity(scenarios);
    for place in 0..scenarios.div_ceil(BATCH) {
        let turn = place % parts.len().max(1);
        let batch = of_parts.get_mut(turn).and_then(Iterator::next);
        all.extend_from_slice(batch.unwrap_or_default());
        // Only the last batch of all is not full.
        let end = scenarios.min((place + 1) * BATCH);
        if all.len() != end {
            let broken = parts.get(turn).map(|part| part.shard);
            return Err(broken.map_or(Unmerged::Fixes, Unmerged::Broken));
        }
    }
    match of_parts
        .iter_mut()
        .zip(parts)
        .find_map(|(rest, part)| rest.next().map(|_| part.shard))
    {
        Some(shard) => Err(Unmerged::Broken(shard)),
        None => Ok(all),
    }
}

/// What decides all that parts say: files, scenarios, steps, points and candidates. No value of a secret is among that.
fn digest(analysis: &Analysis, candidates: &[fixes::Candidate]) -> String {
    let Analysis {
        inventory,
        steps,
        model,
        ..
    } = analysis;
    let mut digest = Digest(blake3::Hasher::new());
    for file in inventory.files.iter() {
        (file.path.as_str(), file.bytes, file.records).hash(&mut digest);
    }
    let credentials = inventory.credentials.iter().map(|row| &row.key);
    let exposures = inventory.exposures.iter().map(|row| &row.key);
    for key in credentials.chain(exposures) {
        key.hash(&mut digest);
    }
    hash_steps(steps, &mut digest);
    let (points, places) = worth(inventory, steps, model);
    for fact in points.iter().zip(places.iter()) {
        fact.hash(&mut digest);
    }
    model.borders.factors().hash(&mut digest);
    let (credentials, exposures) = analysis.leaks();
    for leak in credentials.into_iter().chain(exposures) {
        (leak.chance(model), leak.home(model)).hash(&mut digest);
    }
    // What fixes leave of chances decides prices too.
    let (credentials, _) = analysis.leaks();
    let Priced { scenarios, weights } = analysis.priced_over(&credentials);
    (scenarios, weights).hash(&mut digest);
    for candidate in candidates {
        (candidate.control, candidate.steps(steps)).hash(&mut digest);
    }
    digest.0.finalize().to_hex().to_string()
}

fn hash_steps(steps: &Steps, digest: &mut Digest) {
    for fact in steps.facts.iter() {
        fact.hash(digest);
    }
    for control in steps.controls.iter() {
        control.hash(digest);
    }
    for id in steps.ids() {
        (steps.needs(id), steps.gain(id), steps.is_conditional(id)).hash(digest);
    }
}

/// A hasher whose results are as good as equality.
struct Digest(blake3::Hasher);

impl Hasher for Digest {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{FixLimit, Measure, Memory, Mode, ReadOptions, analyze};
    use crate::progress::Silent;
    use crate::reports;
    use camino::Utf8Path;
    use proptest::collection::vec;
    use proptest::prelude::*;
    use std::fmt::Write as _;

    #[test]
    fn parts_are_numbered_from_zero() {
        let of = |text: &str| text.parse::<Shard>().map(|shard| (shard.number, shard.of));
        assert_eq!(of("0/1"), Ok((0, 1)));
        assert_eq!(of("3/4"), Ok((3, 4)));
        for text in ["4/4", "0/0", "", "/", "1", "-1/4", "0/4/1", "a/b"] {
            assert!(of(text).is_err(), "{text}");
        }
        assert_eq!(
            of("4/4").unwrap_err(),
            "parts are numbered from 0: the last of 4 is 3/4"
        );
    }

    #[test]
    fn every_scenario_is_of_one_shard_and_joined_in_order() {
        for scenarios in [0, 1, 3, 4, 5, 8, 15, 16, 17, 43] {
            let all: Vec<usize> = (0..scenarios).collect();
            for of in 1..6 {
                let parts: Vec<Part> = (0..of)
                    .map(|number| {
                        let shard = Shard { number, of };
                        let own = shard.share(&all).into_iter();
                        let sums = own.map(|one| {
                            let mut sum = Sums::default();
                            sum.certain.credentials = one as u64;
                            sum
                        });
                        Part {
                            shard,
                            digest: String::new(),
                            sums: sums.collect(),
                            prices: Vec::new(),
                        }
                    })
                    .collect();
                let joined = joined_sums(scenarios, &parts).unwrap();
                assert!(
                    joined
                        .iter()
                        .map(|sum| usize::try_from(sum.certain.credentials).unwrap())
                        .eq(all.iter().copied())
                );
                let mut more = parts.clone();
                more[0].sums.push(Sums::default());
                assert!(joined_sums(scenarios, &more).is_err());
                if scenarios > 0 {
                    let mut fewer = parts;
                    fewer[0].sums.pop();
                    assert!(joined_sums(scenarios, &fewer).is_err());
                }
            }
        }
    }

    /// A step of a made-up estate: one need or two, what is gained, the scope that it hangs on, whether on a condition too.
    type Draft = (usize, Option<usize>, (u8, usize), usize, bool);

    const PRINCIPALS: usize = 14;

    fn write_estate(folder: &Utf8Path, drafts: &[Draft]) {
        let header = "word,id,name,type,platform,principal,resource,sensitivity,created,status";
        let mut nodes = format!("{header}\n");
        for at in 0..PRINCIPALS {
            writeln!(nodes, "principal,p{at},p{at},role,stated,,,,,").unwrap();
            writeln!(
                nodes,
                "credential,c{at},c{at},access-key,stated,p{at},,,2025-01-01,active"
            )
            .unwrap();
            let sensitivity = ["internal", "restricted", "crown"][at % 3];
            writeln!(
                nodes,
                "resource,r{at},r{at},s3:bucket,stated,,,{sensitivity},,"
            )
            .unwrap();
        }
        let mut steps = String::from("needs,gain,technique,scope,condition\n");
        for &(need, other, (word, gained), scope, is_conditional) in drafts {
            let other = other.map_or(String::new(), |other| format!(" ; principal:p{other}"));
            let word = ["principal:p", "credential:c", "read:r", "write:r"][usize::from(word)];
            let condition = if is_conditional {
                "an open condition"
            } else {
                ""
            };
            writeln!(
                steps,
                "principal:p{need}{other},{word}{gained},t,scope{scope},{condition}"
            )
            .unwrap();
        }
        std::fs::write(folder.join("nodes.csv"), nodes).unwrap();
        std::fs::write(folder.join("steps.csv"), steps).unwrap();
    }

    fn draft() -> impl Strategy<Value = Draft> {
        let one = 0..PRINCIPALS;
        (
            one.clone(),
            proptest::option::weighted(0.2, one.clone()),
            (0..4u8, one),
            0..20usize,
            prop::bool::weighted(0.2),
        )
    }

    fn rendered(analysis: &Analysis) -> Vec<Vec<u8>> {
        reports::FORMATS
            .iter()
            .map(|format| (format.render)(analysis).unwrap())
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn merged_parts_are_one_run(
            drafts in vec(draft(), 0..60), best in 0..4usize, shown in 0..20usize, of in 1..6u32,
        ) {
            let folder = tempfile::tempdir().unwrap();
            let path = Utf8Path::from_path(folder.path()).unwrap();
            write_estate(path, &drafts);
            let paths = [path.to_owned()];
            let options = Options {
                as_of: "2026-01-01T00:00:00Z".parse().unwrap(),
                read: ReadOptions::default(),
                mode: Mode::ALL[of as usize % 2],
                measure: Measure::ALL[of as usize % 3],
                shown,
                fixes: if best == 0 { FixLimit::All } else { FixLimit::Best(best) },
                memory: Memory::ALL,
            };
            let one = analyze(&paths, &options, &Silent).unwrap();
            let part = |number| part(&paths, &options, Shard { number, of }, &Silent).unwrap().1;
            let parts: Vec<Part> = (0..of).map(part).collect();
            let merged = merge(&paths, &options, &parts, &Silent).unwrap();
            prop_assert_eq!((one.candidates, one.bounded), (merged.candidates, merged.bounded));
            for (one, merged) in rendered(&one).iter().zip(rendered(&merged)) {
                prop_assert!(one == &merged);
            }
        }
    }
}
