//! Reading chapters from a folder.

use std::fs;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::{Cast, Vector};

/// Vectors on one subject, with what they need.
#[derive(Clone, Debug)]
pub struct Chapter {
    /// The file's name without its ending.
    pub name: String,
    /// The vectors, in their order.
    pub vectors: Vec<Vector>,
    pub(super) cast: Cast,
    pub(super) folder: PathBuf,
}

/// A file that cannot be read, or says something else than it should.
#[derive(Debug, Error)]
#[error("{}: {why}", path.display())]
pub struct Error {
    path: PathBuf,
    why: String,
}

/// Where this crate's own vectors are.
pub fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

impl Chapter {
    /// Reads a chapter by its name.
    ///
    /// # Errors
    /// [`struct@Error`]
    pub fn load(folder: &Path, name: &str) -> Result<Self, Error> {
        Ok(Self {
            name: name.to_owned(),
            vectors: json(&folder.join(name).with_extension("json"))?,
            cast: json(&folder.join("cast.json"))?,
            folder: folder.to_owned(),
        })
    }

    /// Who the issuers are.
    pub fn cast(&self) -> &Cast {
        &self.cast
    }

    /// The text of a configuration by its name.
    pub(super) fn config(&self, name: &str) -> Result<String, Error> {
        text(&self.folder.join(name).with_extension("toml"))
    }
}

fn text(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|why| Error {
        path: path.to_owned(),
        why: why.to_string(),
    })
}

fn json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, Error> {
    serde_json::from_str(&text(path)?).map_err(|why| Error {
        path: path.to_owned(),
        why: why.to_string(),
    })
}
