//! Answers and simulations for a terminal: the answer in one sentence, then what proves it.

use super::{BOLD, DIM, MAX_WIDTH, MIN_WIDTH, Page, Style, WARNING};
use crate::analysis::{
    Analysis, Answer, Changed, Found, Place, Proof, ReachSummary, Simulation, Uses, Way,
};
use crate::reports::answers;
use crate::reports::path::moves;
use crate::reports::words::explain as phrases;
use crate::reports::words::holders::Holders;
use crate::reports::words::{self, Words};
use crate::risk::Points;
use crate::steps::StepId;
use anstyle::Style as Ansi;

/// More resources or credentials of a simulation are only counted.
const SHOWN_LOST: usize = 8;

/// An answer, at most `width` columns wide; at most `most` rows of a list.
pub(crate) fn explain(
    analysis: &Analysis,
    answer: &Answer,
    most: usize,
    width: usize,
    style: Style,
) -> String {
    let mut page = Page::of(width, style);
    let words = Words::of(analysis);
    page.title(analysis);
    page.heading(&words.question(&answer.question), "");
    page.hanging(BOLD, "", 2, &words.in_short(answer));
    for (thing, why) in &answer.unknown {
        let text = format!(
            "Unknown of {}: {}.",
            words.named_thing(*thing),
            words::visible(why)
        );
        page.hanging(WARNING, "", 2, &text);
    }
    for &thing in &answer.idle {
        let text = format!(
            "No step of an attacker begins with {}: it does not work any more, or no export tells what it opens.",
            words.named_thing(thing)
        );
        page.hanging(WARNING, "", 2, &text);
    }
    match &answer.found {
        Found::Ways(found) => {
            for way in &found.ways {
                page.way(analysis, &words, way);
            }
        }
        Found::Reach(reach) => {
            page.blank();
            page.register(&answers::reach(analysis, reach));
            page.rest(reach.resources.len(), reach.all);
        }
        Found::Reachers(found) => {
            page.blank();
            page.register(&answers::reachers(analysis, found, most));
            page.rest(most, found.reaching.len());
        }
        Found::Uses(uses) => page.uses(analysis, &words, uses),
    }
    if phrases::verdict(answer) != phrases::Verdict::Certain {
        page.gaps(analysis);
    }
    page.problems(analysis);
    page.text
}

/// A simulation, at most `width` columns wide.
pub(crate) fn simulate(
    analysis: &Analysis,
    simulation: &Simulation,
    width: usize,
    style: Style,
) -> String {
    let mut page = Page::of(width, style);
    let words = Words::of(analysis);
    page.title(analysis);
    page.heading("Done together", "as if each of these were so");
    for (at, fix) in simulation.fixes.iter().enumerate() {
        page.hanging(Ansi::new(), &format!("{:>3}", at + 1), 5, &words.order(fix));
        page.hanging(DIM, "", 5, &words::visible(&analysis.fix_key(fix)));
    }
    page.heading("Reach", "in points, over all credentials");
    let line = |name: &str, before: Points, after: Points| {
        let (change, word) = match after > before {
            true => (after - before, "more"),
            false => (before - after, "less"),
        };
        format!(
            "{name}: {} before, {} after: {} {word} ({})",
            words::points(before),
            words::points(after),
            words::points(change),
            words::percent(change.share_of(before))
        )
    };
    let (before, after) = (simulation.before, simulation.after);
    page.hanging(BOLD, "", 2, &line("certain", before.0, after.0));
    page.hanging(BOLD, "", 2, &line("possible", before.1, after.1));
    // What is split alone may count for more: what its jobs reach counts for each.
    let is_more = |one: &&Changed| {
        let of = |summary: &(ReachSummary, ReachSummary)| summary.0.points + summary.1.points;
        of(&one.after) > of(&one.before)
    };
    let more = simulation.credentials.iter().filter(is_more).count();
    let mut text = format!(
        "{} of {} reach less.",
        words::count_of(simulation.credentials.len() - more),
        words::counted(simulation.scenarios, "credential")
    );
    if more > 0 {
        text += &format!(
            " Of {} the jobs count for more together: what several of them reach counts for each.",
            words::counted(more, "split credential")
        );
    }
    page.hanging(Ansi::new(), "", 2, &text);
    if !simulation.credentials.is_empty() {
        page.heading("Credentials", "reach of each before and after");
        page.register(&answers::changed(analysis, simulation));
    }
    let detailed = simulation.credentials.iter();
    let detailed: Vec<&Changed> = detailed
        .filter(|one| !one.lost.is_empty() || !one.left.is_empty())
        .collect();
    for one in &detailed {
        page.changed(&words, one);
    }
    page.problems(analysis);
    page.text
}

impl Page {
    fn of(width: usize, style: Style) -> Self {
        Self {
            text: String::new(),
            width: width.clamp(MIN_WIDTH, MAX_WIDTH),
            style,
        }
    }

    /// How many rows of an answer are not told.
    fn rest(&mut self, shown: usize, all: usize) {
        if let Some(rest) = all.checked_sub(shown).filter(|&rest| rest > 0) {
            let text = format!(
                "  and {} more: `--all` tells of them",
                words::count_of(rest)
            );
            self.line(DIM, &text);
        }
    }

    /// How many resources are not told.
    fn further(&mut self, shown: usize, all: usize, verb: &str) {
        if let Some(rest) = all.checked_sub(shown).filter(|&rest| rest > 0) {
            let text = format!(
                "  and {} more that {verb}: `--format json` tells of them",
                words::count_of(rest)
            );
            self.line(DIM, &text);
        }
    }

    fn title(&mut self, analysis: &Analysis) {
        let title = self.paint(BOLD, &format!("leakreach {}", env!("CARGO_PKG_VERSION")));
        let day = words::day(analysis.inventory.as_of);
        let files = words::counted(analysis.inventory.files.len(), "file");
        let about = self.paint(DIM, &format!("as of {day}, {files} read"));
        self.text.push_str(&format!("{title}  {about}\n"));
    }

    fn way(&mut self, analysis: &Analysis, words: &Words<'_>, way: &Way) {
        let title = format!("{}, in {}", words.fact(way.goal), phrases::moves(way.hops));
        let sure = phrases::sure(way.is_certain);
        self.heading(&format!("{}{}", initial(sure), rest(sure)), "");
        self.hanging(Ansi::new(), "", 2, &title);
        self.proof(analysis, words, &way.proof);
        if !way.conditions.is_empty() {
            self.blank();
            self.hanging(
                WARNING,
                "",
                2,
                "It hangs on all of this, which no export decides:",
            );
            for &condition in &way.conditions {
                let text = words::visible(&analysis.steps.conditions[condition]);
                self.hanging(Ansi::new(), "  \u{b7}", 4, &text);
            }
        }
        self.blank();
        if way.cuts.is_empty() {
            let text = match way.proof.steps.is_empty() {
                true => "Nothing cuts it: it is what leaks.",
                false => "No single change cuts it: there are other ways.",
            };
            self.hanging(BOLD, "", 2, text);
            return;
        }
        self.hanging(BOLD, "", 2, "Each of these alone cuts it:");
        for cut in &way.cuts {
            let text = format!("{}; {}", words.fix(cut.control), words.left(cut));
            self.hanging(Ansi::new(), "  \u{b7}", 4, &text);
            self.hanging(
                DIM,
                "",
                4,
                &words::visible(&analysis.control_key(cut.control)),
            );
        }
    }

    /// A proof move by move, each with its steps, and where each was read.
    fn proof(&mut self, analysis: &Analysis, words: &Words<'_>, proof: &Proof) {
        for (at, one) in moves(&analysis.steps, proof).iter().enumerate() {
            let sources: Vec<String> = one.sources.iter().map(|&id| words.fact(id)).collect();
            self.blank();
            self.hanging(BOLD, &format!("{:>3}", at + 1), 5, &words.fact(one.gain));
            self.hanging(DIM, "", 5, &format!("who {}", sources.join(" AND ")));
            for &step in &one.steps {
                self.step(analysis, words, step);
            }
        }
    }

    fn step(&mut self, analysis: &Analysis, words: &Words<'_>, id: StepId) {
        let step = analysis.steps.step(id);
        let technique = &analysis.steps.techniques[step.technique];
        let places: Vec<String> = step.evidence.iter().map(|&id| words.place(id)).collect();
        let text = format!(
            "{}  [{}]",
            words.technique(id),
            words::visible(&technique.id)
        );
        self.hanging(Ansi::new(), "     \u{b7}", 7, &text);
        if let Some(condition) = words.condition(id) {
            self.hanging(WARNING, "", 7, &format!("only if {condition}"));
        }
        for place in places {
            self.hanging(DIM, "", 7, &place);
        }
    }

    fn uses(&mut self, analysis: &Analysis, words: &Words<'_>, uses: &Uses) {
        let inventory = &analysis.inventory;
        let id = uses.credential;
        let acts = format!("It acts as {}.", words.authenticates(id));
        self.hanging(Ansi::new(), "", 2, &acts);
        if let Some(owner) = words.owner(id) {
            self.hanging(Ansi::new(), "", 2, &format!("Owner: {owner}."));
        }
        self.hanging(Ansi::new(), "", 2, &format!("It was {}.", words.dates(id)));
        let holders = Holders::of(inventory);
        for place in &uses.places {
            self.place(words, &holders, place);
        }
        if !uses.others.is_empty() {
            let names: Vec<String> = uses.others.iter().map(|&id| words.credential(id)).collect();
            self.blank();
            let text = format!(
                "Goes on beside it, of the same principal: {}.",
                names.join(", ")
            );
            self.hanging(Ansi::new(), "", 2, &text);
        }
        self.blank();
        match uses.control {
            Some(control) => {
                if let Some(breaks) = words.may_break(control, None) {
                    self.hanging(BOLD, "", 2, &format!("Revoked: {breaks}."));
                }
                let key = words::visible(&analysis.control_key(control));
                let text = format!("What that gains: `leakreach simulate --fix {key}`");
                self.hanging(DIM, "", 2, &text);
            }
            None => self.hanging(
                BOLD,
                "",
                2,
                "No step of an attacker needs it: it does not work any more, or no export tells what it opens.",
            ),
        }
    }

    fn place(&mut self, words: &Words<'_>, holders: &Holders<'_>, place: &Place) {
        self.blank();
        let names: Vec<String> = place
            .names
            .iter()
            .map(|name| words::visible(name))
            .collect();
        let named = match names.is_empty() {
            true => String::new(),
            false => format!(", as {}", names.join(", ")),
        };
        self.hanging(
            BOLD,
            "",
            2,
            &format!("{}{named}", words.exposure(place.exposure)),
        );
        if let Some(doubt) = &place.doubt {
            let text = format!("possibly: {}", words::visible(doubt));
            self.hanging(WARNING, "", 4, &text);
        }
        for &holder in &place.holders {
            let drivers = holders.drivers(holder);
            let drivers: Vec<String> = drivers.iter().map(|&id| words.principal(id)).collect();
            let by = match drivers.is_empty() {
                true => String::new(),
                false => format!(", driven by {}", drivers.join(", ")),
            };
            let sort = words.user_sort(holder);
            let text = format!("{} runs with it ({sort}){by}", words.principal(holder));
            self.hanging(Ansi::new(), "  \u{b7}", 4, &text);
        }
        for &workload in &place.workloads {
            let text = format!("what runs there acts as {}", words.principal(workload));
            self.hanging(Ansi::new(), "  \u{b7}", 4, &text);
        }
    }

    fn changed(&mut self, words: &Words<'_>, one: &Changed) {
        self.heading(&words.leak(one.leak), "");
        for lost in one.lost.iter().take(SHOWN_LOST) {
            let after = match lost.after {
                Some(held) => phrases::held(held),
                None => "none".to_owned(),
            };
            let text = format!(
                "loses {} on {}: then {after}",
                phrases::held(lost.before),
                words.resource(lost.resource)
            );
            self.hanging(Ansi::new(), "  -", 4, &text);
        }
        self.further(SHOWN_LOST, one.lost.len(), "it loses");
        for left in one.left.iter().take(SHOWN_LOST) {
            let text = format!(
                "keeps {} on {}",
                phrases::held(left.held),
                words.resource(left.resource)
            );
            self.hanging(DIM, "  \u{b7}", 4, &text);
        }
        self.further(SHOWN_LOST, one.left.len(), "it keeps");
    }
}

fn initial(word: &str) -> String {
    word.chars().take(1).flat_map(char::to_uppercase).collect()
}

fn rest(word: &str) -> String {
    word.chars().skip(1).collect()
}
