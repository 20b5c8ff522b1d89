//! `graph.dot`: the paths of the worst credentials as a Graphviz picture.
//!
//! Statements are built with graphviz-rust, which does not escape: every text goes through [`quote`], and ids are made
//! here and never from names.

use super::Error;
use super::path::{Move, distinct, moves};
use super::words::{self, Node as Shown, NodeKind, Words};
use crate::analysis::{Analysis, Leak};
use crate::inventory::{Id as _, TenantId};
use crate::steps::{Fact, FactId};
use graphviz_rust::dot_structures::{
    Attribute, Edge, EdgeTy, Graph, GraphAttributes, Id, Node, NodeId, Stmt, Subgraph, Vertex,
};
use graphviz_rust::printer::{DotPrinter, PrinterContext};
use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxHashMap;
use std::fmt::Write as _;

/// More nodes than this are no picture any more.
const MAX_NODES: usize = 60;
/// Longer names are cut in the picture; the tooltip has them whole.
const MAX_LABEL: usize = 28;

const LEGEND: &str = "folder: exposure   hexagon: credential   ellipse: principal   box: resource   double octagon: crown jewel   solid: certain   dashed: conditional";

/// The union of the proofs of the credentials that are shown in full, worst first, as far as there is room.
pub(super) fn render(analysis: &Analysis) -> Result<Vec<u8>, Error> {
    let words = Words::of(analysis);
    let mut drawn: IndexSet<FactId> = IndexSet::new();
    let mut drawn_moves: IndexMap<(Vec<FactId>, FactId), Move> = IndexMap::new();
    let (mut paths, mut left_out) = (0, 0);
    let shown = distinct(&analysis.credentials);
    let mut others: FxHashMap<FactId, usize> = FxHashMap::default();
    for (scenario, number) in shown.iter().filter(|(_, number)| *number > 0) {
        if let Leak::Credential(id) = scenario.leak {
            let fact = analysis.steps.fact_id(Fact::Credential(id));
            others.extend(fact.map(|fact| (fact, *number)));
        }
    }
    for reached in shown.iter().flat_map(|(scenario, _)| &scenario.top) {
        let moves = moves(&analysis.steps, &reached.proof);
        let ends = moves
            .iter()
            .flat_map(|step| step.sources.iter().copied().chain([step.gain]));
        let new: IndexSet<FactId> = ends.filter(|fact| !drawn.contains(fact)).collect();
        if !drawn.is_empty() && drawn.len() + new.len() > MAX_NODES {
            left_out += 1;
            continue;
        }
        paths += 1;
        drawn.extend(new);
        for step in moves {
            drawn_moves
                .entry((step.sources.clone(), step.gain))
                .and_modify(|known| known.is_conditional &= step.is_conditional)
                .or_insert(step);
        }
    }
    let mut stmts = header();
    let mut clusters: IndexMap<Option<TenantId>, Vec<Stmt>> = IndexMap::new();
    for &fact in &drawn {
        let shown = words.node(fact);
        clusters.entry(shown.tenant).or_default().push(node(
            fact,
            &shown,
            others.get(&fact).copied(),
        ));
    }
    clusters.sort_unstable_keys();
    for (tenant, nodes) in clusters {
        match tenant {
            Some(tenant) => stmts.push(cluster(
                &format!("cluster_tenant_{}", tenant.index()),
                &words.tenant(tenant),
                nodes,
            )),
            None => stmts.extend(nodes),
        }
    }
    for (number, step) in drawn_moves.values().enumerate() {
        stmts.extend(edges(&words, number, step));
    }
    stmts.push(legend());
    let graph = Graph::DiGraph {
        id: Id::Plain("leakreach".to_owned()),
        strict: false,
        stmts,
    };
    let mut text = String::new();
    // Only numbers go into the comments: a name could end one.
    let _ = writeln!(
        text,
        "// leakreach {}, as of {}",
        env!("CARGO_PKG_VERSION"),
        words::day(analysis.inventory.as_of)
    );
    let alike: usize = shown.iter().map(|(_, others)| others).sum();
    let _ = writeln!(
        text,
        "// {} of {} to the weightiest resources of {}",
        words::count_of(paths),
        words::counted(paths + left_out, "path"),
        words::counted(shown.len(), "credential"),
    );
    let rest = analysis.credentials.len() - shown.len() - alike;
    let _ = writeln!(
        text,
        "// left out: {} that would not fit in {MAX_NODES} nodes, the paths of {} that reach the same as one of these, and those of {} that reach nothing or are not shown in full",
        words::counted(left_out, "path"),
        words::counted(alike, "credential"),
        words::counted(rest, "credential"),
    );
    text.push_str(&graph.print(&mut PrinterContext::default()));
    text.push('\n');
    Ok(text.into_bytes())
}

/// A text as a quoted DOT string that shows exactly that text: no quote ends it, no backslash begins an escape, no
/// ampersand an entity. <https://graphviz.org/doc/info/lang.html>, read 2026-01.
fn quote(text: &str) -> Id {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '&' => quoted.push_str("&amp;"),
            '\n' => quoted.push_str("\\n"),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    Id::Escaped(quoted)
}

fn attribute(name: &str, value: &str) -> Attribute {
    Attribute(Id::Plain(name.to_owned()), quote(value))
}

fn attributes(pairs: &[(&str, &str)]) -> Vec<Attribute> {
    pairs
        .iter()
        .map(|(name, value)| attribute(name, value))
        .collect()
}

fn header() -> Vec<Stmt> {
    let font = ("fontname", "Helvetica, Arial, sans-serif");
    vec![
        Stmt::GAttribute(GraphAttributes::Graph(attributes(&[
            ("rankdir", "LR"),
            ("newrank", "true"),
            ("nodesep", "0.25"),
            ("ranksep", "0.6"),
            ("bgcolor", "white"),
            font,
            ("fontsize", "11"),
            ("fontcolor", "#57606a"),
        ]))),
        Stmt::GAttribute(GraphAttributes::Node(attributes(&[
            font,
            ("fontsize", "10"),
            ("style", "filled"),
            ("penwidth", "1.2"),
            ("margin", "0.12,0.06"),
        ]))),
        Stmt::GAttribute(GraphAttributes::Edge(attributes(&[
            font,
            ("fontsize", "8"),
            ("fontcolor", "#57606a"),
            ("color", "#57606a"),
            ("arrowsize", "0.7"),
        ]))),
    ]
}

/// How each kind of node looks: shape, fill, line.
fn look(kind: NodeKind) -> [(&'static str, &'static str); 3] {
    let (shape, fill, line) = match kind {
        NodeKind::Exposure => ("folder", "#f3eefc", "#7c5cc4"),
        NodeKind::Credential => ("hexagon", "#fdf0dc", "#b7791f"),
        NodeKind::Principal => ("ellipse", "#e6f0fb", "#2f6fb3"),
        NodeKind::Resource => ("box", "#eef1f4", "#57606a"),
        NodeKind::Crown => ("doubleoctagon", "#fde8e8", "#b42318"),
        NodeKind::Other => ("plaintext", "#ffffff", "#57606a"),
    };
    [("shape", shape), ("fillcolor", fill), ("color", line)]
}

fn node_id(name: String) -> NodeId {
    NodeId(Id::Plain(name), None)
}

fn fact_id(fact: FactId) -> NodeId {
    node_id(format!("f{}", fact.index()))
}

/// A node; `others` reach the same as it does, and are not drawn.
fn node(fact: FactId, shown: &Shown, others: Option<usize>) -> Stmt {
    let crown = if shown.kind == NodeKind::Crown {
        "\u{265b} "
    } else {
        ""
    };
    let mut label = format!(
        "{crown}{}\n{}",
        words::shortened(&shown.name, MAX_LABEL),
        shown.about
    );
    let mut tooltip = shown.sentence.clone();
    if let Some(others) = others {
        label.push_str(&format!("\nand {} more like it", words::count_of(others)));
        let others = words::counted(others, "other credential");
        tooltip.push_str(&format!("; {others} reach the same in as many moves"));
    }
    let mut all = attributes(&[("label", &label), ("tooltip", &tooltip)]);
    all.extend(attributes(&look(shown.kind)));
    Stmt::Node(Node::new(fact_id(fact), all))
}

fn cluster(id: &str, label: &str, nodes: Vec<Stmt>) -> Stmt {
    let mut stmts: Vec<Stmt> = attributes(&[
        ("label", &words::shortened(label, 60)),
        ("tooltip", label),
        // Else the place of the legend, which is the label of the whole graph, would be theirs.
        ("labelloc", "t"),
        ("labeljust", "c"),
        ("fontsize", "11"),
        ("style", "rounded"),
        ("color", "#d0d7de"),
        ("bgcolor", "#fafbfc"),
    ])
    .into_iter()
    .map(Stmt::Attribute)
    .collect();
    stmts.extend(nodes);
    Stmt::Subgraph(Subgraph {
        id: Id::Plain(id.to_owned()),
        stmts,
    })
}

fn edge(from: NodeId, to: NodeId, attributes: Vec<Attribute>) -> Stmt {
    Stmt::Edge(Edge {
        ty: EdgeTy::Pair(Vertex::N(from), Vertex::N(to)),
        attributes,
    })
}

/// One move: an edge, or several that meet in a junction.
fn edges(words: &Words<'_>, number: usize, step: &Move) -> Vec<Stmt> {
    let line = if step.is_conditional {
        "dashed"
    } else {
        "solid"
    };
    let technique = step
        .steps
        .last()
        .map(|&id| words.technique(id))
        .unwrap_or_default();
    let label = words::shortened(&technique, MAX_LABEL);
    let mut tooltip = technique.clone();
    for condition in step.steps.iter().filter_map(|&id| words.condition(id)) {
        tooltip.push_str("; only if known: ");
        tooltip.push_str(&condition);
    }
    let named = attributes(&[("style", line), ("label", &label), ("tooltip", &tooltip)]);
    match step.sources.as_slice() {
        [] => Vec::new(),
        [source] => vec![edge(fact_id(*source), fact_id(step.gain), named)],
        sources => {
            let junction = || node_id(format!("and{number}"));
            let mut stmts = vec![Stmt::Node(Node::new(junction(), and_attributes()))];
            stmts.extend(sources.iter().map(|&source| {
                edge(
                    fact_id(source),
                    junction(),
                    attributes(&[("style", line), ("arrowhead", "none")]),
                )
            }));
            stmts.push(edge(junction(), fact_id(step.gain), named));
            stmts
        }
    }
}

fn and_attributes() -> Vec<Attribute> {
    attributes(&[
        ("shape", "circle"),
        ("label", "AND"),
        ("tooltip", "all of these are needed"),
        ("fontsize", "7"),
        ("width", "0.3"),
        ("fixedsize", "true"),
        ("fillcolor", "#24292f"),
        ("fontcolor", "white"),
        ("color", "#24292f"),
    ])
}

/// One small line below the picture: the label of the whole graph is the only thing that Graphviz surely puts there.
fn legend() -> Stmt {
    Stmt::GAttribute(GraphAttributes::Graph(attributes(&[
        ("labelloc", "b"),
        ("labeljust", "l"),
        ("fontsize", "9"),
        ("label", LEGEND),
    ])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::sample;

    fn text(analysis: &Analysis) -> String {
        String::from_utf8(render(analysis).unwrap()).unwrap()
    }

    /// All node ids and attribute names of a graph, subgraphs included.
    fn ids(stmts: &[Stmt], found: &mut Vec<String>) {
        for stmt in stmts {
            match stmt {
                Stmt::Node(node) => found.push(node.id.0.print(&mut PrinterContext::default())),
                Stmt::Subgraph(sub) => ids(&sub.stmts, found),
                _ => {}
            }
        }
    }

    #[test]
    fn the_sample_looks_like_this() {
        insta::assert_snapshot!(text(&sample::analysis()));
    }

    #[test]
    fn no_name_makes_a_node() {
        let mut analysis = sample::analysis();
        for principal in analysis.inventory.principals.iter_mut() {
            principal.name = sample::DOT_BREAKER.to_owned();
        }
        for resource in analysis.inventory.resources.iter_mut() {
            resource.name = "\\".to_owned();
        }
        for hostile in [analysis, sample::analysis()] {
            let graph = graphviz_rust::parse(&text(&hostile)).unwrap();
            let Graph::DiGraph { stmts, .. } = graph else {
                panic!("not a digraph");
            };
            let mut found = Vec::new();
            ids(&stmts, &mut found);
            assert!(found.len() > 7, "{found:?}");
            for id in found {
                let is_ours = ["f", "and"].iter().any(|prefix| id.starts_with(prefix));
                assert!(is_ours, "{id}");
            }
        }
    }

    #[test]
    fn a_quoted_text_is_one_id_whatever_it_holds() {
        for hostile in [
            sample::MARKUP,
            sample::DOT_BREAKER,
            "\\",
            "\"",
            "\\\"",
            "a\\nb",
            "<b>x</b>",
            "]; x [",
        ] {
            let text = format!(
                "digraph g {{ a[label={}] }}",
                quote(hostile).print(&mut PrinterContext::default())
            );
            let Graph::DiGraph { stmts, .. } = graphviz_rust::parse(&text).unwrap() else {
                panic!("not a digraph");
            };
            let [Stmt::Node(node)] = stmts.as_slice() else {
                panic!("more than one node from {hostile:?}: {stmts:?}");
            };
            assert_eq!(node.attributes.len(), 1, "{hostile:?}");
        }
    }

    /// Credential 0 reaches resources of its own, each in one step: as many paths of two nodes, all with one in common.
    fn star(paths: usize) -> Analysis {
        use crate::analysis::{Proof, ReachedResource};
        use crate::inventory::{Access, CredentialId, Id as _, ResourceId};
        use crate::risk::Points;
        use crate::steps::{Fact, NewStep, StepId, StepsBuilder, Technique};
        let mut analysis = sample::analysis();
        let resource = analysis.inventory.resources[ResourceId(0)].clone();
        analysis.inventory.resources = vec![resource; paths].into();
        let mut builder = StepsBuilder::new();
        let technique = builder.technique(&Technique {
            id: "test/read".to_owned(),
            name: "reads".to_owned(),
            attack: Vec::new(),
            source: String::new(),
        });
        for resource in analysis.inventory.resources.ids() {
            builder.add(NewStep {
                needs: &[Fact::Credential(CredentialId(0))],
                gain: Fact::Access(resource, Access::Read),
                technique,
                controls: &[],
                evidence: &[],
                condition: None,
            });
        }
        analysis.steps = builder.build();
        for scenario in analysis
            .credentials
            .iter_mut()
            .chain(&mut analysis.exposures)
        {
            scenario.top.clear();
        }
        analysis.fixes.clear();
        analysis.credentials[0].top = analysis
            .steps
            .ids()
            .map(|step| ReachedResource {
                resource: ResourceId::from_index(StepId::index(step)),
                access: Access::Read,
                points: Points::ONE,
                is_certain: true,
                hops: 1,
                proof: Proof {
                    steps: vec![step],
                    goal: Some(analysis.steps.gain(step)),
                },
            })
            .collect();
        analysis
    }

    #[test]
    fn credentials_that_reach_the_same_are_drawn_once_and_counted() {
        let mut analysis = star(3);
        let alike = analysis.credentials[0].clone();
        analysis.credentials.insert(1, alike);
        let drawn = text(&analysis);
        assert!(drawn.contains("access key\\nand 1 more like it"), "{drawn}");
        assert!(drawn.contains("// 3 of 3 paths to the weightiest resources of 1 credential\n"));
        assert!(drawn.contains("the paths of 1 credential that reach the same"));
        // One that reaches the same, but further away, is another.
        analysis.credentials[1].top[0].hops += 1;
        let drawn = text(&analysis);
        assert!(!drawn.contains("more like it"), "{drawn}");
        assert!(drawn.contains("// 6 of 6 paths to the weightiest resources of 2 credentials\n"));
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let nodes = |text: &str| {
            let Graph::DiGraph { stmts, .. } = graphviz_rust::parse(text).unwrap() else {
                panic!("not a digraph");
            };
            let mut found = Vec::new();
            ids(&stmts, &mut found);
            found.len()
        };
        let fitting = text(&star(MAX_NODES - 1));
        assert_eq!(nodes(&fitting), MAX_NODES);
        assert!(fitting.contains("// left out: 0 paths"), "{fitting}");
        let more = text(&star(MAX_NODES + 9));
        assert_eq!(nodes(&more), MAX_NODES);
        assert!(more.contains("// 59 of 69 paths"), "{more}");
        assert!(more.contains("// left out: 10 paths"), "{more}");
    }
}
