use super::*;
use crate::reports::sample;
use base64::Engine as _;
use sha2::Digest as _;

fn page() -> String {
    String::from_utf8(render(&sample::analysis()).unwrap()).unwrap()
}

/// The values of every `name="…"` in `html`.
pub(super) fn attribute_values<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    html.split(&start)
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

pub(super) fn between<'a>(html: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = html.split_once(start).unwrap();
    rest.split_once(end).unwrap().0
}

#[test]
fn the_policy_names_the_style_and_the_script_that_are_there() {
    let html = page();
    let policy = between(&html, "Content-Security-Policy\" content=\"", "\"");
    for (directive, element) in [("style-src", "style"), ("script-src", "script")] {
        let inline = between(&html, &format!("<{element}>"), &format!("</{element}>"));
        let digest = sha2::Sha256::digest(inline.as_bytes());
        let hash = base64::engine::general_purpose::STANDARD.encode(digest);
        assert!(
            policy.contains(&format!("{directive} 'sha256-{hash}'")),
            "{policy}"
        );
        assert_eq!(html.matches(&format!("<{element}")).count(), 1, "{element}");
    }
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
}

#[test]
fn nothing_is_loaded_from_anywhere() {
    let html = page();
    for name in [
        "src",
        "srcset",
        "data",
        "action",
        "background",
        "poster",
        "xlink:href",
    ] {
        assert_eq!(attribute_values(&html, name), [""; 0], "{name}");
    }
    for element in [
        "<link", "<img", "<iframe", "<object", "<embed", "<base", "@import", "url(",
    ] {
        assert!(!html.contains(element), "{element}");
    }
    for href in attribute_values(&html, "href") {
        let is_plain_link = html.contains(&format!("<a rel=\"noreferrer\" href=\"{href}\">"));
        assert!(href.starts_with('#') || is_plain_link, "{href}");
    }
}

#[test]
fn the_policy_blocks_nothing_that_the_page_needs() {
    let html = page();
    for tag in html.split('<').filter_map(|rest| rest.split('>').next()) {
        assert!(!tag.contains(" style=\""), "{tag}");
        let attributes = tag.split('"').step_by(2);
        for attribute in attributes {
            assert!(!attribute.trim_start().starts_with("on"), "{tag}");
        }
    }
}

#[test]
fn hostile_names_stay_text() {
    let html = page();
    assert!(!html.contains("<script>alert"), "a name became a script");
    assert!(!html.contains("<b>secrets"), "a path became markup");
    assert!(html.contains("alert(1)"), "the name is shown all the same");
    assert!(
        !html.chars().any(|c| c.is_control() && c != '\n'),
        "a control character is left"
    );
}

#[test]
fn no_text_of_an_export_becomes_markup() {
    let hostile = || sample::MARKUP.to_owned();
    let mut analysis = sample::analysis();
    let (inventory, steps) = (&mut analysis.inventory, &mut analysis.steps);
    let names = (inventory.credentials.iter_mut().map(|of| &mut of.name))
        .chain(inventory.resources.iter_mut().map(|of| &mut of.name))
        .chain(inventory.exposures.iter_mut().map(|of| &mut of.name))
        .chain(inventory.scopes.iter_mut().map(|of| &mut of.name))
        .chain(inventory.policies.iter_mut().map(|of| &mut of.name))
        .chain(inventory.tenants.iter_mut().map(|of| &mut of.identifier))
        .chain(steps.techniques.iter_mut().map(|of| &mut of.name))
        .chain(steps.conditions.iter_mut());
    names.for_each(|name| *name = hostile());
    for principal in inventory.principals.iter_mut() {
        principal.name = hostile();
        principal.owner = Some(hostile());
    }
    for technique in steps.techniques.iter_mut() {
        technique.attack = vec![hostile()];
        technique.source = format!("https://docs.example/{}", hostile());
    }
    for evidence in inventory.evidence.iter_mut() {
        evidence.pointer = hostile().into();
    }
    for file in inventory.files.iter_mut() {
        file.path = hostile().into();
    }
    for problem in &mut analysis.problems {
        (problem.message, problem.help, problem.path) = (hostile(), hostile(), hostile().into());
    }
    for gap in &mut analysis.gaps {
        (gap.subject, gap.text, gap.remedy) = (hostile(), hostile(), hostile());
    }
    for scenario in analysis
        .credentials
        .iter_mut()
        .chain(&mut analysis.exposures)
    {
        scenario.unknown = Some(hostile());
    }
    let html = String::from_utf8(render(&analysis).unwrap()).unwrap();
    assert_eq!(html.matches("<script").count(), 1, "only our own");
    assert!(!html.contains("octo\""), "a quote ends an attribute");
    assert_eq!(
        html.matches("octo").count(),
        html.matches("octo&#34;").count() + html.matches("octo&quot;").count()
    );
}

/// The elements that are not closed at the end of `html`; one that is closed where another is open fails.
pub(super) fn open_elements(html: &str) -> Vec<&str> {
    let mut open: Vec<&str> = Vec::new();
    let tags = html.split('<').skip(1);
    for (tag, _) in tags.filter_map(|rest| rest.split_once('>')) {
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "in {tag}");
        } else if !tag.ends_with('/') {
            let name = tag.split([' ', '\n']).next().unwrap();
            if !["input"].contains(&name) {
                open.push(name);
            }
        }
    }
    open
}

#[test]
fn every_element_is_closed_where_it_should_be() {
    let html = page();
    assert_eq!(open_elements(between(&html, "<body>", "<script>")), [""; 0]);
}

#[test]
fn every_details_begins_with_its_summary() {
    let html = page();
    let details: Vec<&str> = html.split("<details").skip(1).collect();
    assert!(details.len() > 8, "{}", details.len());
    for rest in details {
        let inside = rest.split_once('>').unwrap().1.trim_start();
        assert!(inside.starts_with("<summary"), "{rest:.80}");
    }
}

#[test]
fn every_anchor_is_there_once() {
    let html = page();
    let ids = attribute_values(&html, "id");
    let distinct: std::collections::HashSet<_> = ids.iter().collect();
    assert_eq!(ids.len(), distinct.len());
    for href in attribute_values(&html, "href") {
        if let Some(id) = href.strip_prefix('#') {
            assert!(ids.contains(&id), "{id}");
        }
    }
}

#[test]
fn the_first_screen_says_what_travels_farthest_how_bad_it_is_and_what_to_do_first() {
    let mut analysis = sample::analysis();
    let first_screen = |analysis: &Analysis| {
        let html = String::from_utf8(render(analysis).unwrap()).unwrap();
        between(&html, "<section class=\"answers\"", "</section>").to_owned()
    };
    let shown = first_screen(&analysis);
    for text in [
        "<a href=\"#c1\">access key AKIAEXAMPLEEXAMPLE01</a>",
        "2 resources, 1 crown jewel: 210.00 points, <span class=\"tag critical\">critical</span>",
        "Lies in repository file octo/site/.env.",
        "<p class=\"main\">18 %</p>",
        "300.00 to 400.00 of 2,000.00 points",
        "1 of 4 credentials reach a crown jewel, 1 of them certainly; the reach of 1 is unknown",
        "<a href=\"#f1\">remove statement “AnyUser” from the trust of role prod-deployer</a>",
        "Alone it ends <b>91 %</b> of all possible reach",
    ] {
        assert!(shown.contains(text), "{text}: {shown}");
    }
    // 180 of 204 points for certain.
    analysis.model.measure = Measure::Certain;
    let shown = first_screen(&analysis);
    assert!(
        shown.contains("<b>88 %</b> of all certain reach"),
        "{shown}"
    );
    assert!(shown.contains("1 crown jewel: 180.00 points"), "{shown}");
    analysis.credentials.clear();
    analysis.fixes.clear();
    let shown = first_screen(&analysis);
    assert!(shown.contains("No credential reaches anything."));
    assert!(shown.contains("No single fix gains anything."));
}

#[test]
fn how_much_hangs_on_the_speed_of_thieves_is_a_table_where_anything_does() {
    let mut analysis = sample::analysis();
    let html = page();
    let row = between(
        &html,
        "<th scope=\"row\">9 minutes in public code</th>",
        "</tr>",
    );
    let figures = ["204.10", "264.10", "100.04 %"];
    let cells = figures.map(|figure| format!("<td class=\"num\">{figure}</td>"));
    assert_eq!(row, cells.concat());
    analysis.organisation.sensitivities.clear();
    let html = String::from_utf8(render(&analysis).unwrap()).unwrap();
    assert!(!html.contains("how fast thieves are"));
}

#[test]
fn ties_are_marked_in_the_page() {
    let html = page();
    assert!(html.contains("(1 other fix gains as much)"));
    assert!(html.contains("<span class=\"rank\">=1</span>"));
}

#[test]
fn two_thousand_credentials_stay_a_page() {
    let mut analysis = sample::analysis();
    let (full, plain) = (
        analysis.credentials[0].clone(),
        analysis.credentials[2].clone(),
    );
    analysis.credentials = vec![full; 50];
    analysis.credentials.resize(2_000, plain);
    let html = String::from_utf8(render(&analysis).unwrap()).unwrap();
    assert_eq!(
        html.matches(" id=\"c").count() - 1,
        MAX_ROWS,
        "the section has an id too"
    );
    assert!(html.contains("1,000 credentials more in <code>report.json</code>"));
    assert!(html.len() < 4_000_000, "{}", html.len());
}

#[test]
fn a_doubtful_graver_access_is_not_called_certain() {
    let mut analysis = sample::analysis();
    let mut graver = analysis.credentials[0].top[0].clone();
    (graver.access, graver.is_certain) = (Access::Admin, false);
    analysis.credentials[1].top.push(graver);
    let html = String::from_utf8(render(&analysis).unwrap()).unwrap();
    assert!(html.contains("<td>admin, conditional</td>"));
    assert!(page().contains("<td>read, certain</td>"));
}

#[test]
fn candidates_without_an_exact_gain_are_said() {
    assert!(page().contains("9 candidates, all priced exactly but 2, none of which can gain more"));
}
