//! Strongly connected components in linear time, without recursion.

#![expect(
    clippy::indexing_slicing,
    reason = "nodes are below the number of nodes by contract, and every array has one entry a node"
)]

/// The component of every node, and how many there are; components are numbered so that edges lead to higher numbers.
///
/// Tarjan (1972, doi:10.1137/0201010) with a stack of its own: chains of roles are longer than a thread's stack is
/// deep. `successor(node, n)` is the `n`th successor of a node. Linear in nodes and edges.
pub(crate) fn components(
    nodes: usize,
    successor: impl Fn(usize, usize) -> Option<usize>,
) -> (Vec<u32>, usize) {
    const NEW: u32 = u32::MAX;
    let (mut index, mut low) = (vec![NEW; nodes], vec![NEW; nodes]);
    let mut component = vec![NEW; nodes];
    let (mut open, mut path): (Vec<usize>, Vec<(usize, usize)>) = (Vec::new(), Vec::new());
    let (mut next, mut found) = (0, 0);
    for root in 0..nodes {
        if index[root] != NEW {
            continue;
        }
        path.push((root, 0));
        while let Some((node, at)) = path.pop() {
            if at == 0 {
                index[node] = next;
                low[node] = next;
                next += 1;
                open.push(node);
            }
            if let Some(to) = successor(node, at) {
                path.push((node, at + 1));
                if index[to] == NEW {
                    path.push((to, 0));
                } else if component[to] == NEW {
                    low[node] = low[node].min(index[to]);
                }
                continue;
            }
            if low[node] == index[node] {
                while let Some(member) = open.pop() {
                    component[member] = found;
                    if member == node {
                        break;
                    }
                }
                found += 1;
            }
            if let Some(&(parent, _)) = path.last() {
                low[parent] = low[parent].min(low[node]);
            }
        }
    }
    for number in &mut component {
        *number = found - 1 - *number;
    }
    (component, found as usize)
}
