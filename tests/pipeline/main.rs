//! From exports to facts: small accounts in real export shapes, run through the whole pipeline.

mod account;
mod rights;
mod techniques;
