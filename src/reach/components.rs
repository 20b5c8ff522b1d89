//! Strongly connected components in linear time, without recursion.

#![expect(
    clippy::indexing_slicing,
    reason = "nodes are below the number of nodes by contract, and every array has one entry a node"
)]

use super::count;
use crate::steps::Rows;

/// The component of every node, and how many there are; components are numbered so that edges lead to higher numbers.
///
/// Row `n` of each of `successors` is nodes to which edges lead from node `n`; the first has a row for every node. The algorithm of Pearce (2016,
/// doi:10.1016/j.ipl.2015.08.010), a Tarjan (1972) that keeps one number a node, with a stack of its own: chains of
/// roles are longer than a thread's stack is deep. Linear in nodes and edges.
pub(crate) fn components<const N: usize>(successors: &[&Rows<u32>; N]) -> (Vec<u32>, usize) {
    let nodes = successors.first().map_or(0, |rows| rows.len());
    // The number of a node: none yet, the least one it leads to while it is open, its component from above when done.
    const NEW: u32 = 0;
    let mut number = vec![NEW; nodes];
    let mut open: Vec<u32> = Vec::new();
    let mut path: Vec<(u32, usize, bool)> = Vec::new();
    let (mut next, mut component) = (1, u32::MAX);
    for root in 0..count(nodes) {
        if number[root as usize] != NEW {
            continue;
        }
        number[root as usize] = next;
        next += 1;
        path.push((root, 0, true));
        while let Some((node, at, is_root)) = path.last_mut() {
            let mut own = number[*node as usize];
            let mut deeper = None;
            // Edges are looked at list by list; those of the lists before are behind `skipped`.
            let mut skipped = 0;
            'lists: for rows in successors {
                let edges = rows.row(*node as usize);
                while let Some(&to) = edges.get(*at - skipped) {
                    let of = number[to as usize];
                    if of == NEW {
                        deeper = Some(to);
                        break 'lists;
                    }
                    *at += 1;
                    if of < own {
                        own = of;
                        *is_root = false;
                    }
                }
                skipped += edges.len();
            }
            number[*node as usize] = own;
            if let Some(to) = deeper {
                number[to as usize] = next;
                next += 1;
                path.push((to, 0, true));
                continue;
            }
            let (node, is_root) = (*node, *is_root);
            path.pop();
            if !is_root {
                open.push(node);
                continue;
            }
            next -= 1;
            while let Some(&member) = open.last()
                && own <= number[member as usize]
            {
                open.pop();
                number[member as usize] = component;
                next -= 1;
            }
            number[node as usize] = component;
            component -= 1;
        }
    }
    for number in &mut number {
        *number -= component + 1;
    }
    (number, (u32::MAX - component) as usize)
}
