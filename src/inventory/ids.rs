//! Typed ids, and the tables that they index: an id of one table cannot be used in another.

use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// A dense 32-bit id: the position of a row in its [`Table`].
pub trait Id: Copy + Eq + Ord {
    /// The id of row `index`.
    fn from_index(index: usize) -> Self;
    /// The row of this id.
    fn index(self) -> usize;
}

/// Declares an id type.
#[macro_export]
macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $crate::inventory::Id for $name {
            #[expect(clippy::cast_possible_truncation, reason = "tables stop at 2^32 rows: see Table::push")]
            fn from_index(index: usize) -> Self {
                Self(index as u32)
            }
            fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

typed_id!(/** A file that was read. */ FileId);
typed_id!(/** A place in a file that something was read from. */ EvidenceId);
typed_id!(/** A tenant: an account, organisation or workspace. */ TenantId);
typed_id!(/** Who acts. */ PrincipalId);
typed_id!(/** What a thief can hold. */ CredentialId);
typed_id!(/** A place where a credential lies. */ ExposureId);
typed_id!(/** What is reached. */ ResourceId);
typed_id!(/** A named bundle of statements. */ PolicyId);
typed_id!(/** One revocable grant. */ ScopeId);

/// A vector that only its own id type indexes.
///
/// Invariant: ids are handed out by [`Table::push`] of the same table, and rows are never removed, so that
/// every id is in bounds. Inventories and step sets each own their tables and never exchange ids.
#[derive(Debug, Clone, Hash)]
pub struct Table<I, T> {
    rows: Vec<T>,
    id: PhantomData<I>,
}

impl<I, T> Default for Table<I, T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            id: PhantomData,
        }
    }
}

impl<I: Id, T> Table<I, T> {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }

    /// A table of `rows` copies of `value`.
    pub fn filled(value: T, rows: usize) -> Self
    where
        T: Clone,
    {
        vec![value; rows].into()
    }

    /// Adds a row and returns its id.
    pub fn push(&mut self, row: T) -> I {
        debug_assert!(self.rows.len() < u32::MAX as usize);
        self.rows.push(row);
        I::from_index(self.rows.len() - 1)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows in order of id.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.rows.iter()
    }

    /// The rows in order of id, to change them.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.rows.iter_mut()
    }

    /// The rows with their ids, in order.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (I, &T)> + DoubleEndedIterator {
        self.rows
            .iter()
            .enumerate()
            .map(|(index, row)| (I::from_index(index), row))
    }

    /// Every id, in order.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = I> + DoubleEndedIterator + use<I, T> {
        (0..self.rows.len()).map(I::from_index)
    }

    /// The rows as a plain slice.
    pub fn as_slice(&self) -> &[T] {
        &self.rows
    }
}

impl<I: Id, T> From<Vec<T>> for Table<I, T> {
    fn from(rows: Vec<T>) -> Self {
        Self {
            rows,
            id: PhantomData,
        }
    }
}

impl<I: Id, T> Index<I> for Table<I, T> {
    type Output = T;
    #[expect(
        clippy::indexing_slicing,
        reason = "ids are handed out by push of the same table and rows are never removed"
    )]
    fn index(&self, id: I) -> &T {
        &self.rows[id.index()]
    }
}

impl<I: Id, T> IndexMut<I> for Table<I, T> {
    #[expect(
        clippy::indexing_slicing,
        reason = "ids are handed out by push of the same table and rows are never removed"
    )]
    fn index_mut(&mut self, id: I) -> &mut T {
        &mut self.rows[id.index()]
    }
}
