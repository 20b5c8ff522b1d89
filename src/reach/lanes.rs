//! Rows of bit lanes: one bit a scenario, so that one machine word answers for 64 of them.

#![expect(
    clippy::indexing_slicing,
    reason = "lanes are below the width of a row by contract"
)]

/// `N` words of lanes.
pub(crate) type Lanes<const N: usize> = [u64; N];

/// Whether no lane is set.
#[inline]
pub(crate) fn is_none<const N: usize>(row: Lanes<N>) -> bool {
    row.iter().fold(0, |all, word| all | word) == 0
}

/// Whether the same lanes are set.
#[inline]
pub(crate) fn is_same<const N: usize>(a: Lanes<N>, b: Lanes<N>) -> bool {
    let differing = a.iter().zip(b).fold(0, |all, (a, b)| all | (a ^ b));
    differing == 0
}

/// The lanes of either.
#[inline]
pub(crate) fn or<const N: usize>(mut a: Lanes<N>, b: Lanes<N>) -> Lanes<N> {
    for (a, b) in a.iter_mut().zip(b) {
        *a |= b;
    }
    a
}

/// The lanes of both.
#[inline]
pub(crate) fn and<const N: usize>(mut a: Lanes<N>, b: Lanes<N>) -> Lanes<N> {
    for (a, b) in a.iter_mut().zip(b) {
        *a &= b;
    }
    a
}

/// The lanes of `a` that are not of `b`.
#[inline]
pub(crate) fn minus<const N: usize>(mut a: Lanes<N>, b: Lanes<N>) -> Lanes<N> {
    for (a, b) in a.iter_mut().zip(b) {
        *a &= !b;
    }
    a
}

/// How many lanes are set.
#[inline]
pub(crate) fn lanes<const N: usize>(row: Lanes<N>) -> u64 {
    row.iter().map(|word| u64::from(word.count_ones())).sum()
}

/// Sets one lane.
#[inline]
pub(crate) fn set<const N: usize>(row: &mut Lanes<N>, lane: usize) {
    row[lane / 64] |= 1 << (lane % 64);
}

/// The set lanes.
#[inline]
pub(crate) fn each<const N: usize>(row: Lanes<N>) -> impl Iterator<Item = usize> {
    row.into_iter().enumerate().flat_map(|(at, mut word)| {
        std::iter::from_fn(move || {
            let lane = word.trailing_zeros() as usize;
            word &= word.wrapping_sub(1);
            (lane < 64).then_some(at * 64 + lane)
        })
    })
}
