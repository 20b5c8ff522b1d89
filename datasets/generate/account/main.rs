//! Writes a made-up AWS account for measuring: `cargo run --example generate-account -- PRINCIPALS FOLDER`.
//!
//! 7000 principals are 5,000 roles, 2,000 users and 3,000 managed policies.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a generator fails by panicking and answers by printing"
)]

mod estate;

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    let mut arguments = env::args().skip(1);
    let (Some(principals), Some(folder)) = (arguments.next(), arguments.next()) else {
        println!("usage: generate-account PRINCIPALS FOLDER");
        return;
    };
    let folder = PathBuf::from(folder).join("aws/111122223333/iam");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("account-authorization-details.json");
    let account = estate::account(principals.parse().unwrap());
    fs::write(&path, serde_json::to_vec(&account).unwrap()).unwrap();
    println!("{}", path.display());
}
