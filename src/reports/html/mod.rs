//! stub
use super::Error;
use crate::analysis::Analysis;
pub(super) fn render(_analysis: &Analysis) -> Result<Vec<u8>, Error> { Ok(b"\n".to_vec()) }
