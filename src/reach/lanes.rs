//! Rows of bit lanes: one bit a scenario, so that one machine word answers for 64 of them.

#![expect(
    clippy::indexing_slicing,
    reason = "lanes are below the width of a row by contract"
)]

/// `N` words of lanes.
pub(crate) type Lanes<const N: usize> = [u64; N];

/// Whether no lane is set.
pub(crate) fn is_none<const N: usize>(row: Lanes<N>) -> bool {
    row.iter().fold(0, |all, word| all | word) == 0
}

/// Whether the same lanes are set.
pub(crate) fn is_same<const N: usize>(a: Lanes<N>, b: Lanes<N>) -> bool {
    is_none::<N>(std::array::from_fn(|word| a[word] ^ b[word]))
}

/// The lanes of either.
pub(crate) fn or<const N: usize>(a: Lanes<N>, b: Lanes<N>) -> Lanes<N> {
    std::array::from_fn(|word| a[word] | b[word])
}

/// The lanes of both.
pub(crate) fn and<const N: usize>(a: Lanes<N>, b: Lanes<N>) -> Lanes<N> {
    std::array::from_fn(|word| a[word] & b[word])
}

/// The lanes of `a` that are not of `b`.
pub(crate) fn minus<const N: usize>(a: Lanes<N>, b: Lanes<N>) -> Lanes<N> {
    std::array::from_fn(|word| a[word] & !b[word])
}

/// How many lanes are set.
pub(crate) fn lanes<const N: usize>(row: Lanes<N>) -> u64 {
    row.iter().map(|word| u64::from(word.count_ones())).sum()
}

/// Sets one lane.
pub(crate) fn set<const N: usize>(row: &mut Lanes<N>, lane: usize) {
    row[lane / 64] |= 1 << (lane % 64);
}

/// The set lanes.
pub(crate) fn each<const N: usize>(row: Lanes<N>) -> impl Iterator<Item = usize> {
    row.into_iter().enumerate().flat_map(|(at, mut word)| {
        std::iter::from_fn(move || {
            let lane = word.trailing_zeros() as usize;
            word &= word.wrapping_sub(1);
            (lane < 64).then_some(at * 64 + lane)
        })
    })
}
