//! A path as a picture: inline SVG, drawn left to right, without any layout program.
//!
//! Column = depth: the goal is the last one. The chain through the deepest needs is drawn in the first lane; what else
//! an AND needs gets a lane of its own below it. Colours are classes of the style sheet, so that one picture serves
//! light, dark and paper.

use crate::analysis::Proof;
use crate::reports::path::{Move, moves};
use crate::reports::words::{self, NodeKind, Words};
use crate::steps::{FactId, StepId, Steps};
use rustc_hash::FxHashMap;
use std::fmt::Write as _;

/// Longer paths are only listed: nobody follows a picture of that many nodes.
const MAX_NODES: usize = 40;
const NODE_WIDTH: usize = 164;
const NODE_HEIGHT: usize = 46;
const GAP: usize = 46;
/// The gap before a column that an AND leads to.
const AND_GAP: usize = 92;
const LANE_HEIGHT: usize = 68;
const MARGIN: usize = 6;
/// Wider pictures are not made smaller to fit on a page: nobody could read them.
const MAX_FITTED: usize = 1_200;
/// Columns of a terminal that fit into a node; names are cut there.
const NAME_COLUMNS: usize = 18;
const ABOUT_COLUMNS: usize = 24;

/// The picture of a proof, or `None` where there is nothing to draw or too much. The moves that `cut` stops are crossed
/// out.
pub(super) fn picture(
    steps: &Steps,
    words: &Words<'_>,
    proof: &Proof,
    cut: Option<&[StepId]>,
) -> Option<String> {
    let moves = moves(steps, proof);
    let layout = Layout::of(&moves)?;
    if layout.nodes.len() > MAX_NODES {
        return None;
    }
    let mut svg = String::new();
    let (width, height) = (layout.width(), layout.height());
    let label = escaped(&words.chain(&moves).join(", then "));
    let long = if width > MAX_FITTED { " long" } else { "" };
    let _ = write!(
        svg,
        "<svg class=\"picture{long}\" role=\"img\" aria-label=\"Path: {label}\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">"
    );
    for (number, step) in moves.iter().enumerate() {
        let is_cut =
            cut.is_some_and(|cut| step.steps.iter().any(|id| cut.binary_search(id).is_ok()));
        draw_move(&mut svg, words, &layout, number, step, is_cut);
    }
    for &(fact, at) in &layout.nodes {
        draw_node(&mut svg, words, fact, layout.left(at.column), top(at.lane));
    }
    svg.push_str("</svg>");
    Some(svg)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    column: usize,
    lane: usize,
}

/// Where everything stands.
#[derive(Debug)]
struct Layout {
    /// In order of drawing.
    nodes: Vec<(FactId, Place)>,
    place_of: FxHashMap<FactId, Place>,
    /// The lane that a connection runs through between its columns, by move and source.
    lane_of: FxHashMap<(usize, FactId), usize>,
    /// The left edge of each column, and the right edge of the last.
    lefts: Vec<usize>,
    lanes: usize,
}

impl Layout {
    fn of(moves: &[Move]) -> Option<Self> {
        let goal = moves.last()?.gain;
        let mut depth: FxHashMap<FactId, usize> = FxHashMap::default();
        let mut made_by: FxHashMap<FactId, usize> = FxHashMap::default();
        for (number, step) in moves.iter().enumerate() {
            let deepest = step
                .sources
                .iter()
                .map(|&source| *depth.entry(source).or_insert(0))
                .max();
            // A move that needs nothing begins in the second column too: the first is for what leaked.
            depth
                .entry(step.gain)
                .or_insert(deepest.map_or(1, |deepest| deepest + 1));
            made_by.entry(step.gain).or_insert(number);
        }
        let mut layout = Self {
            nodes: Vec::new(),
            place_of: FxHashMap::default(),
            lane_of: FxHashMap::default(),
            lefts: Vec::new(),
            lanes: 0,
        };
        let mut taken: Vec<Vec<bool>> = Vec::new();
        // Every branch hangs on one connection: the move it leads to, and the source of that move it ends in.
        let mut branches: Vec<(Option<usize>, FactId)> = vec![(None, goal)];
        let mut next = 0;
        while let Some(&(joins, end)) = branches.get(next) {
            next += 1;
            let mut branch = Vec::new();
            let mut at = end;
            let mut joined = None;
            loop {
                if let Some(place) = layout.place_of.get(&at) {
                    joined = Some(place.column);
                    break;
                }
                if branch.contains(&at) {
                    break;
                }
                branch.push(at);
                let Some((number, step)) = made_by
                    .get(&at)
                    .and_then(|&number| Some((number, moves.get(number)?)))
                else {
                    break;
                };
                // The last of the deepest: the proof's order decides, so that the picture is always the same.
                let Some(main) = step
                    .sources
                    .iter()
                    .copied()
                    .max_by_key(|source| depth.get(source))
                else {
                    break;
                };
                branches.extend(
                    step.sources
                        .iter()
                        .filter(|&&source| source != main)
                        .map(|&source| (Some(number), source)),
                );
                at = main;
            }
            let column = |fact: &FactId| depth.get(fact).copied().unwrap_or(0);
            let from = match joined {
                Some(column) => column + 1,
                None => branch.last().map_or(0, column),
            };
            let until = match joins.and_then(|number| moves.get(number)) {
                Some(step) => column(&step.gain),
                None => column(&goal) + 1,
            };
            let lane = free_lane(&mut taken, from, until);
            for fact in branch {
                let place = Place {
                    column: column(&fact),
                    lane,
                };
                layout.place_of.insert(fact, place);
                layout.nodes.push((fact, place));
            }
            if let Some(number) = joins {
                layout.lane_of.insert((number, end), lane);
            }
            layout.lanes = layout.lanes.max(lane + 1);
        }
        layout.space(moves);
        Some(layout)
    }

    fn space(&mut self, moves: &[Move]) {
        let columns = self
            .nodes
            .iter()
            .map(|(_, place)| place.column + 1)
            .max()
            .unwrap_or(0);
        let has_and = |column: usize| {
            moves.iter().any(|step| {
                step.sources.len() > 1
                    && self
                        .place_of
                        .get(&step.gain)
                        .is_some_and(|place| place.column == column)
            })
        };
        let mut left = MARGIN;
        for column in 0..columns {
            if column > 0 {
                left += if has_and(column) { AND_GAP } else { GAP };
            }
            self.lefts.push(left);
            left += NODE_WIDTH;
        }
        self.lefts.push(left);
    }

    fn left(&self, column: usize) -> usize {
        self.lefts.get(column).copied().unwrap_or(MARGIN)
    }

    fn width(&self) -> usize {
        self.lefts.last().copied().unwrap_or(MARGIN) + MARGIN
    }

    fn height(&self) -> usize {
        2 * MARGIN + (self.lanes * LANE_HEIGHT).saturating_sub(LANE_HEIGHT - NODE_HEIGHT)
    }
}

/// The first lane without anything in those columns, which it then has.
fn free_lane(taken: &mut Vec<Vec<bool>>, from: usize, until: usize) -> usize {
    let is_free = |lane: &Vec<bool>| (from..until).all(|column| lane.get(column) != Some(&true));
    // What runs through no column (a source beside its gain) needs no lane, only a number.
    let number = taken.iter().position(is_free).unwrap_or(taken.len());
    if number == taken.len() {
        taken.push(Vec::new());
    }
    if let Some(lane) = taken.get_mut(number) {
        if lane.len() < until {
            lane.resize(until, false);
        }
        for is_taken in lane.iter_mut().take(until).skip(from) {
            *is_taken = true;
        }
    }
    number
}

fn top(lane: usize) -> usize {
    MARGIN + lane * LANE_HEIGHT
}

fn middle(lane: usize) -> usize {
    top(lane) + NODE_HEIGHT / 2
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// A line that leaves and arrives level, along `lane` if it passes columns.
fn line(from: (usize, usize), along: Option<(usize, usize, usize)>, to: (usize, usize)) -> String {
    let mut path = format!("M{} {}", from.0, from.1);
    let mut at = from;
    let mut curve = |at: (usize, usize), to: (usize, usize)| {
        let half = usize::midpoint(at.0, to.0);
        if at.1 == to.1 {
            let _ = write!(path, " H{}", to.0);
        } else {
            let _ = write!(path, " C{half} {} {half} {} {} {}", at.1, to.1, to.0, to.1);
        }
    };
    if let Some((start, end, y)) = along {
        curve(at, (start, y));
        curve((start, y), (end, y));
        at = (end, y);
    }
    curve(at, to);
    path
}

fn draw_move(
    svg: &mut String,
    words: &Words<'_>,
    layout: &Layout,
    number: usize,
    step: &Move,
    is_cut: bool,
) {
    let Some(&gain) = layout.place_of.get(&step.gain) else {
        return;
    };
    let dashed = if step.is_conditional {
        " stroke-dasharray=\"6 4\""
    } else {
        ""
    };
    let class = if is_cut { "move cut" } else { "move" };
    let technique = step
        .steps
        .last()
        .map(|&id| words.technique(id))
        .unwrap_or_default();
    let mut title = format!("{}. {technique}", number + 1);
    for condition in step.steps.iter().filter_map(|&id| words.condition(id)) {
        title.push_str("; only if: ");
        title.push_str(&condition);
    }
    if is_cut {
        title.push_str("; the fix cuts this");
    }
    let _ = write!(
        svg,
        "<g class=\"{class}\"><title>{}</title>",
        escaped(&title)
    );
    let end = layout.left(gain.column);
    let is_and = step.sources.len() > 1;
    let junction = end.saturating_sub(GAP / 2 + 14);
    let arrow = end.saturating_sub(6);
    let target = if is_and {
        junction.saturating_sub(13)
    } else {
        arrow
    };
    let mut label_from = end.saturating_sub(GAP);
    for source in &step.sources {
        let Some(&from) = layout.place_of.get(source) else {
            continue;
        };
        let start = layout.left(from.column) + NODE_WIDTH;
        let lane = layout
            .lane_of
            .get(&(number, *source))
            .copied()
            .unwrap_or(gain.lane);
        let passes = gain.column > from.column + 1;
        let along = passes.then(|| {
            (
                layout.left(from.column + 1),
                layout.left(gain.column.saturating_sub(1)) + NODE_WIDTH,
                middle(lane),
            )
        });
        let path = line(
            (start, middle(from.lane)),
            along,
            (target, middle(gain.lane)),
        );
        let _ = write!(
            svg,
            "<path class=\"line\" fill=\"none\" d=\"{path}\"{dashed}/>"
        );
    }
    let y = middle(gain.lane);
    if is_and {
        let _ = write!(
            svg,
            "<circle class=\"and\" cx=\"{junction}\" cy=\"{y}\" r=\"13\"/><text class=\"and-text\" x=\"{junction}\" y=\"{}\" text-anchor=\"middle\">AND</text><path class=\"line\" fill=\"none\" d=\"M{} {y} H{}\"{dashed}/>",
            y + 3,
            junction + 13,
            arrow,
        );
        label_from = junction + 13;
    }
    if !step.sources.is_empty() {
        let _ = write!(
            svg,
            "<path class=\"head\" d=\"M{} {y} l-8 -4 v8 z\"/>",
            end.saturating_sub(1)
        );
    }
    let label = usize::midpoint(label_from, arrow);
    if is_cut {
        let _ = write!(
            svg,
            "<path class=\"cross\" fill=\"none\" d=\"M{} {} l10 10 m0 -10 l-10 10\"/>",
            label.saturating_sub(5),
            y - 5
        );
    }
    let _ = write!(
        svg,
        "<text class=\"hop\" x=\"{label}\" y=\"{}\" text-anchor=\"middle\">{}</text></g>",
        y - 8,
        number + 1
    );
}

fn draw_node(svg: &mut String, words: &Words<'_>, fact: FactId, x: usize, y: usize) {
    let shown = words.node(fact);
    let class = match shown.kind {
        NodeKind::Exposure => "exposure",
        NodeKind::Credential => "credential",
        NodeKind::Principal => "principal",
        NodeKind::Resource => "resource",
        NodeKind::Crown => "crown",
        NodeKind::Other => "other",
    };
    let crown = if shown.kind == NodeKind::Crown {
        "\u{265b} "
    } else {
        ""
    };
    // A hexagon and a crown leave less room for the name.
    let lost = match shown.kind {
        NodeKind::Credential | NodeKind::Crown => 2,
        _ => 0,
    };
    let title = match shown.tenant {
        Some(tenant) => format!("{} \u{2013} {}", shown.sentence, words.tenant(tenant)),
        None => shown.sentence.clone(),
    };
    let centre = x + NODE_WIDTH / 2;
    let _ = write!(
        svg,
        "<g class=\"node {class}\"><title>{}</title>{}<text class=\"name\" x=\"{centre}\" y=\"{}\" text-anchor=\"middle\">{crown}{}</text><text class=\"about\" x=\"{centre}\" y=\"{}\" text-anchor=\"middle\">{}</text></g>",
        escaped(&title),
        shape(shown.kind, x, y),
        y + 21,
        escaped(&words::shortened(&shown.name, NAME_COLUMNS - lost)),
        y + 36,
        escaped(&words::shortened(&shown.about, ABOUT_COLUMNS)),
    );
}

/// Each kind has its own outline, so that colour is never needed to tell them apart.
fn shape(kind: NodeKind, x: usize, y: usize) -> String {
    let (w, h) = (NODE_WIDTH, NODE_HEIGHT);
    match kind {
        // A folder.
        NodeKind::Exposure => format!(
            "<path class=\"shape\" d=\"M{x} {} v-4 h40 l5 5 h{} v{} h-{w} z\"/>",
            y + 4,
            w - 45,
            h - 1
        ),
        // A hexagon.
        NodeKind::Credential => format!(
            "<path class=\"shape\" d=\"M{x} {} l10 -{half} h{} l10 {half} l-10 {half} h-{} z\"/>",
            y + h / 2,
            w - 20,
            w - 20,
            half = h / 2
        ),
        NodeKind::Principal => format!(
            "<rect class=\"shape\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"{}\"/>",
            h / 2
        ),
        NodeKind::Resource => format!(
            "<rect class=\"shape\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"3\"/>"
        ),
        // A double octagon.
        NodeKind::Crown => format!(
            "{}{}",
            octagon("shape", x, y, w, h),
            octagon("inner", x + 3, y + 3, w - 6, h - 6)
        ),
        NodeKind::Other => format!(
            "<rect class=\"shape\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"3\" stroke-dasharray=\"2 3\"/>"
        ),
    }
}

fn octagon(class: &str, x: usize, y: usize, w: usize, h: usize) -> String {
    let corner = 10;
    format!(
        "<path class=\"{class}\" d=\"M{} {y} h{across} l{corner} {corner} v{down} l-{corner} {corner} h-{across} l-{corner} -{corner} v-{down} z\"/>",
        x + corner,
        across = w - 2 * corner,
        down = h - 2 * corner,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::sample;

    fn drawn(analysis: &crate::analysis::Analysis, proof: &Proof) -> String {
        picture(&analysis.steps, &Words::of(analysis), proof, None).unwrap()
    }

    #[test]
    fn no_two_nodes_stand_in_one_place() {
        let analysis = sample::analysis();
        for scenario in analysis.credentials.iter().chain(&analysis.exposures) {
            for reached in &scenario.top {
                let layout = Layout::of(&moves(&analysis.steps, &reached.proof)).unwrap();
                for (number, (fact, place)) in layout.nodes.iter().enumerate() {
                    for (other, elsewhere) in layout.nodes.iter().skip(number + 1) {
                        assert_ne!(place, elsewhere, "{fact:?} {other:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn every_move_goes_to_the_right() {
        let analysis = sample::analysis();
        let moves = moves(&analysis.steps, &analysis.exposures[0].top[0].proof);
        let layout = Layout::of(&moves).unwrap();
        for step in &moves {
            for source in &step.sources {
                assert!(
                    layout.place_of[source].column < layout.place_of[&step.gain].column,
                    "{step:?}"
                );
            }
        }
    }

    #[test]
    fn an_and_has_its_junction_and_a_doubt_is_dashed() {
        let analysis = sample::analysis();
        let and = drawn(&analysis, &analysis.exposures[0].top[0].proof);
        assert_eq!(and.matches("class=\"and\"").count(), 1, "{and}");
        assert!(!and.contains("stroke-dasharray"), "{and}");
        let doubt = drawn(&analysis, &analysis.credentials[0].top[1].proof);
        assert_eq!(doubt.matches("stroke-dasharray").count(), 1, "{doubt}");
    }

    #[test]
    fn names_stay_text_in_a_picture() {
        let analysis = sample::analysis();
        let svg = drawn(&analysis, &analysis.exposures[0].top[0].proof);
        assert!(svg.contains("octo&quot;&gt;&lt;script"), "{svg}");
        assert!(!svg.contains("<script"), "{svg}");
    }

    #[test]
    fn a_fix_is_a_cross_on_the_move_it_cuts() {
        let analysis = sample::analysis();
        let fix = &analysis.fixes[0];
        let (_, reached) = fix.example.as_ref().unwrap();
        let svg = picture(
            &analysis.steps,
            &Words::of(&analysis),
            &reached.proof,
            Some(fix.removed(&analysis.steps)),
        )
        .unwrap();
        assert_eq!(svg.matches("class=\"cross\"").count(), 1, "{svg}");
    }
}
