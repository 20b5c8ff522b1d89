//! Rules that make steps from inventory and rights.
