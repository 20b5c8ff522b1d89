//! The set of the best single gains: what there is to return whatever the clock says.

use super::{Aim, Reverse, Search, sorted};
use crate::fixes::Gain;
use rustc_hash::FxHashMap;

impl Search {
    /// Offers what gains most for its cost, each by itself: as much of it as fits, or as little as is enough. `singles` are
    /// exact gains of candidates by themselves; what is not among them comes last, and only where it is needed.
    ///
    /// Complexity: one sweep a label that is chosen, and of all labels a logarithm where the cost is to be least.
    pub(super) fn offer_singles(&mut self, singles: &[Gain]) {
        let gains: FxHashMap<usize, u64> = singles
            .iter()
            .map(|gain| (gain.candidate, gain.certain.saturating_add(gain.possible)))
            .collect();
        let labels = self.problem.labels.iter().zip(0..);
        let mut order: Vec<(u64, Vec<u32>)> = labels
            .map(|(label, at)| {
                // What cuts the same gains the same.
                let same = std::iter::once(&label.candidate).chain(&label.alternatives);
                let gain = same.filter_map(|one| gains.get(one)).max();
                (gain.copied().unwrap_or(0), vec![at])
            })
            .collect();
        order.sort_by(|a, b| self.is_worth(b, a).then_with(|| a.1.cmp(&b.1)));
        match self.aim {
            Aim::Gain(budget) => {
                let fits = |search: &Self, labels: &[u32], left: u64| search.cost(labels) <= left;
                order.retain(|(gain, labels)| *gain > 0 && fits(self, labels, budget));
                // One that takes nearly all of the goal may gain more than many that are worth more.
                let alone = order
                    .iter()
                    .max_by_key(|(gain, labels)| (*gain, Reverse(labels.clone())));
                let alone = alone.map(|(_, labels)| labels.clone());
                let (mut set, mut left) = (Vec::new(), budget);
                for (_, labels) in &order {
                    if fits(self, labels, left) {
                        left -= self.cost(labels);
                        set.extend(labels);
                    }
                }
                self.offer(set);
                if let Some(alone) = alone {
                    self.offer(alone);
                }
            }
            Aim::Cost(least) => {
                let order: Vec<u32> = order.into_iter().flat_map(|(_, labels)| labels).collect();
                let set = self.enough(&order, least);
                self.offer(set);
            }
        }
    }

    /// The first labels of an order that gain so much together; all of them where no fewer do.
    pub(super) fn enough(&mut self, order: &[u32], least: u64) -> Vec<u32> {
        let (mut few, mut enough) = (0, order.len());
        while few < enough {
            let middle = few.midpoint(enough);
            match self.gain(&sorted(order[..middle].to_vec())) >= least {
                true => enough = middle,
                false => few = middle + 1,
            }
        }
        sorted(order[..enough].to_vec())
    }
}
