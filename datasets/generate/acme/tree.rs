//! Writing files below one folder.

use crate::ordered::Json;
use anyhow::{Context, Result};
use std::path::PathBuf;

/// The folder that everything is written to.
pub(crate) struct Tree {
    root: PathBuf,
}

impl Tree {
    /// A tree below `root`. What is there already stays, unless a file of the same name is written.
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// Writes JSON as the AWS CLI prints it.
    pub(crate) fn json(&mut self, path: &str, value: &Json) -> Result<()> {
        self.text(path, &value.pretty("    ")?)
    }

    /// Writes text as it is.
    pub(crate) fn text(&mut self, path: &str, text: &str) -> Result<()> {
        let path = self.root.join(path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("cannot make `{}`", folder.display()))?;
        }
        std::fs::write(&path, text).with_context(|| format!("cannot write `{}`", path.display()))
    }
}
