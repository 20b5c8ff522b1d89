//! `plan.html`: a plan for those who decide on it and those who do it, in one file: its fixes in order with what is gained
//! so far, what is proved of every other set, what each may break, and the edits.
//!
//! Nothing on the page needs a script, and its policy allows none.

use super::head::Head;
use super::problems::Problems;
use super::{Bar, Edit, quoted};
use crate::analysis::{Analysis, Plan, PlannedFix};
use crate::reports::Error;
use crate::reports::words::plan as phrases;
use crate::reports::words::{self, Words};
use crate::risk::Points;
use askama::Template;

/// More alternatives than these are only counted.
const MAX_ALTERNATIVES: usize = 5;

/// The whole page.
pub(in crate::reports) fn render(analysis: &Analysis, plan: &Plan) -> Result<Vec<u8>, Error> {
    let mut page = Page::of(analysis, plan).render()?;
    page.push('\n');
    Ok(page.into_bytes())
}

#[derive(Template)]
#[template(path = "plan.html")]
struct Page {
    head: Head,
    goal: String,
    /// What it takes away of the reach by which it was chosen.
    share: String,
    reach: &'static str,
    gain: String,
    /// What is lost of all value after it, and before.
    left: String,
    before: String,
    organisation: String,
    better: String,
    proof: String,
    /// Splits that were not weighed.
    left_out: Option<String>,
    turns: Vec<Turn>,
    survivors: Vec<Survivor>,
    kept: Option<String>,
    edits: Vec<Edit>,
    read: String,
    problems: Option<Problems>,
}

/// A fix in its place.
struct Turn {
    number: usize,
    text: String,
    effort: String,
    certain: String,
    possible: String,
    bar: Bar,
    share: String,
    who: Option<String>,
    /// What must be known before it is done.
    conditions: Vec<String>,
    /// Whether it does not hold as it is.
    is_doubtful: bool,
    life: Option<String>,
    breaks: Option<String>,
    last_used: Option<String>,
    read_in: Option<String>,
    /// The credential and the resource of a path that it cuts.
    example: Option<(String, String)>,
    alternatives: Vec<String>,
    more: Option<String>,
}

/// What works on after some fixes.
struct Survivor {
    places: String,
    text: String,
    source: &'static str,
}

impl Page {
    fn of(analysis: &Analysis, plan: &Plan) -> Self {
        let words = Words::of(analysis);
        let inventory = &analysis.inventory;
        let whole = &analysis.organisation;
        let lost = |lost| Points::one(lost, whole.measure).share_of(whole.value);
        let records = inventory.files.iter().map(|file| file.records).sum();
        let survivors = words.survivors(plan).into_iter();
        Self {
            head: Head::of(analysis, "leakreach plan", None),
            goal: phrases::goal(plan.goal, plan.measure),
            share: words::percent(phrases::share_of(plan, plan.gain)),
            reach: phrases::all_reach(plan.measure),
            gain: phrases::gain(plan),
            left: words::percent(lost(plan.lost)),
            before: words::percent(lost((whole.certain, whole.possible))),
            organisation: phrases::organisation(analysis, plan),
            better: phrases::better(plan),
            proof: phrases::bound(plan),
            left_out: words.left_out(plan),
            turns: plan
                .fixes
                .iter()
                .enumerate()
                .map(|(at, planned)| Turn::of(&words, plan, at, planned))
                .collect(),
            survivors: survivors
                .map(|(places, text, source)| Survivor {
                    places,
                    text: quoted(&text),
                    source,
                })
                .collect(),
            kept: words.kept(plan),
            edits: plan
                .edits
                .iter()
                .map(|edit| Edit::of(&words, edit))
                .collect(),
            read: format!(
                "{}, {} records, {}",
                words::counted(inventory.files.len(), "file"),
                words::count(records),
                words::counted(inventory.tenants.len(), "tenant"),
            ),
            problems: Problems::of(&analysis.problems),
        }
    }
}

impl Turn {
    fn of(words: &Words<'_>, plan: &Plan, at: usize, planned: &PlannedFix) -> Self {
        let fix = &planned.fix;
        let alternatives = planned.alternatives.iter();
        let shown = alternatives.take(MAX_ALTERNATIVES).map(|(other, effort)| {
            format!(
                "{}, for {}",
                quoted(&words.order(other)),
                phrases::effort(*effort)
            )
        });
        Self {
            number: at + 1,
            text: quoted(&words.planned(planned)),
            effort: words::count(planned.effort),
            certain: words::points(planned.so_far.0),
            possible: words::points(planned.so_far.1),
            bar: Bar::of(planned.so_far.0, planned.so_far.1, plan.total.1),
            share: words::percent(phrases::share_of(plan, planned.so_far)),
            who: words.fixed_by(fix.control),
            conditions: words
                .conditions(at, planned)
                .iter()
                .map(|text| quoted(text))
                .collect(),
            is_doubtful: !planned.read_by.is_empty(),
            life: words.life(planned),
            breaks: words.breaks(fix).map(|text| quoted(&text)),
            last_used: words.last_used(fix).map(|text| quoted(&text)),
            read_in: words.because(fix.control).place,
            example: fix.example.as_ref().map(|(credential, reached)| {
                (
                    words.credential(*credential),
                    words.resource(reached.resource),
                )
            }),
            alternatives: shown.collect(),
            more: super::more(planned.alternatives.len(), MAX_ALTERNATIVES, "alternative"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::html::tests::{attribute_values, between, open_elements};
    use crate::reports::sample;

    fn page() -> String {
        let analysis = sample::analysis();
        let plan = sample::plan(&analysis);
        String::from_utf8(render(&analysis, &plan).unwrap()).unwrap()
    }

    #[test]
    fn fixes_stand_in_order_with_what_is_gained_so_far() {
        let html = page();
        let orders: Vec<&str> = html
            .split("<li class=\"turn\"")
            .skip(1)
            .map(|turn| between(turn, "<b>", "</b>"))
            .collect();
        assert_eq!(
            orders,
            [
                "take the credentials out of repository file octo/site/.env",
                "remove statement “AnyUser” from the trust of role prod-deployer",
                "rotate access key AKIAEXAMPLEEXAMPLE01",
                "rotate personal access token \\u{1b}[31mrelease token",
            ]
        );
        // 0, 240, 240 and 264 of 264 points; for certain 0, 180, 180 and 204.
        let widths = |class: &str| -> Vec<String> {
            let start = format!("<rect class=\"{class} gainful\" width=\"");
            let bars = html.split(&start).skip(1);
            let widths = bars.filter_map(|rest| rest.split('"').next());
            widths.map(str::to_owned).collect()
        };
        assert_eq!(widths("maybe"), ["0", "909", "909", "1000"]);
        assert_eq!(widths("sure"), ["0", "681", "681", "772"]);
        // The last one does not hold as it is, for two reasons; what is said of the others is no doubt.
        let last = html.rsplit("<li class=\"turn\"").next().unwrap();
        let doubts = |html: &str| html.matches("class=\"note doubtful\"").count();
        assert_eq!((doubts(last), doubts(&html)), (2, 2));
        assert!(html.matches("class=\"note\"").count() > 2);
    }

    #[test]
    fn all_that_a_plan_says_stands_on_the_page() {
        let html = page();
        for text in [
            "the most for 1,234 effort points",
            "a gap of at most 1.00 (&#60; 1 %)",
            "only after 1: before that, the new value can be read where it lies",
            "does not hold as it is",
            "May break",
            "no usage data",
            "remove statement “AssumeAnything” from policy “deploy”, for 8 effort points",
            "for at most 12 hours by sessions of the role that were taken before",
            "could have taken 2 more credentials before",
            "{&#34;op&#34;:&#34;remove&#34;,&#34;path&#34;:&#34;/Statement/7&#34;}",
            "the role has no `Arn`",
        ] {
            assert!(html.contains(text), "{text}");
        }
        assert!(html.contains("<p class=\"main\">By 1.00 points at most</p>"));
    }

    #[test]
    fn a_plan_that_takes_nothing_away_says_so() {
        let analysis = sample::analysis();
        let mut plan = sample::plan(&analysis);
        plan.fixes.clear();
        let html = String::from_utf8(render(&analysis, &plan).unwrap()).unwrap();
        assert!(html.contains("No fix within that takes anything away."));
        assert!(!page().contains("No fix within that takes anything away."));
    }

    #[test]
    fn the_page_has_no_script_and_its_policy_allows_none() {
        let html = page();
        assert_eq!(html.matches("<script").count(), 0);
        let policy = between(&html, "Content-Security-Policy\" content=\"", "\"");
        assert!(policy.starts_with("default-src 'none';"), "{policy}");
        assert!(policy.contains("script-src 'none';"), "{policy}");
        let style = between(&html, "<style>", "</style>");
        let hash = Head::of(&sample::analysis(), "", None).policy;
        assert_eq!(
            (policy, style),
            (hash.as_str(), Head::of(&sample::analysis(), "", None).style)
        );
        for tag in html.split('<').filter_map(|rest| rest.split('>').next()) {
            assert!(!tag.contains(" style=\""), "{tag}");
        }
    }

    #[test]
    fn nothing_is_loaded_and_every_element_is_closed() {
        let html = page();
        for name in ["src", "srcset", "data", "action", "background", "poster"] {
            assert_eq!(attribute_values(&html, name), [""; 0], "{name}");
        }
        for href in attribute_values(&html, "href") {
            let is_plain_link = html.contains(&format!("<a rel=\"noreferrer\" href=\"{href}\">"));
            assert!(href.starts_with('#') || is_plain_link, "{href}");
        }
        assert_eq!(open_elements(between(&html, "<body>", "</body>")), [""; 0]);
    }

    #[test]
    fn hostile_names_stay_text() {
        let mut analysis = sample::analysis();
        let hostile = || sample::MARKUP.to_owned();
        for credential in analysis.inventory.credentials.iter_mut() {
            credential.name = hostile();
        }
        for principal in analysis.inventory.principals.iter_mut() {
            (principal.name, principal.owner) = (hostile(), Some(hostile()));
        }
        for exposure in analysis.inventory.exposures.iter_mut() {
            exposure.name = hostile();
        }
        for file in analysis.inventory.files.iter_mut() {
            file.path = hostile().into();
        }
        let plan = sample::plan(&analysis);
        let html = String::from_utf8(render(&analysis, &plan).unwrap()).unwrap();
        assert_eq!(html.matches("<script").count(), 0, "a name became a script");
        assert!(html.contains("alert(1)"), "the name is shown all the same");
        assert!(!html.contains("octo\""), "a quote ends an attribute");
        let hidden = html.chars().any(|c| c.is_control() && c != '\n');
        assert!(!hidden, "a control character is left");
    }
}
