//! Writes a made-up AWS account for measuring: `cargo run --example generate-account -- PRINCIPALS FOLDER`.
//!
//! 7000 principals are 5,000 roles, 2,000 users and 3,000 managed policies.

mod estate;

use anyhow::{Context, Result};
use camino::Utf8PathBuf;
use std::{env, fs};

fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let (Some(principals), Some(folder)) = (arguments.next(), arguments.next()) else {
        anyhow::bail!("usage: generate-account PRINCIPALS FOLDER");
    };
    let principals: u64 = principals
        .parse()
        .with_context(|| format!("`{principals}` is no number of principals"))?;
    let folder = Utf8PathBuf::from(folder).join("aws/111122223333/iam");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {folder}"))?;
    let path = folder.join("account-authorization-details.json");
    let account = serde_json::to_vec(&estate::account(principals))?;
    fs::write(&path, account).with_context(|| format!("cannot write {path}"))
}
