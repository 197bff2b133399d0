//! Secrets stand elsewhere; the configuration says where.

use std::fmt;

use serde::{Deserialize, Deserializer, de};
use zeroize::Zeroizing;

/// Where a secret stands: `env:NAME` or `file:PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// In a variable of the environment.
    Env(String),
    /// In a file; a line break at its end does not count.
    File(std::path::PathBuf),
}

/// Why a secret was not found. The text names the place, never what is there.
#[derive(Debug, thiserror::Error)]
pub enum ReferenceError {
    /// The variable is not set, or no text.
    #[error("the environment variable {0} is not set")]
    Env(String),
    /// The file cannot be read.
    #[error("the file {path} {}", unreadable(*.error))]
    File {
        /// The path.
        path: String,
        /// The reason.
        error: std::io::ErrorKind,
    },
    /// Nothing is there.
    #[error("{0} is empty")]
    Empty(String),
}

/// Why a file cannot be read.
pub(crate) fn unreadable(error: std::io::ErrorKind) -> String {
    match error {
        std::io::ErrorKind::NotFound => "is not there".into(),
        std::io::ErrorKind::PermissionDenied => "may not be read by this user".into(),
        other => format!("cannot be read: {other}"),
    }
}

impl Reference {
    /// Reads the secret.
    pub fn resolve(&self) -> Result<Zeroizing<String>, ReferenceError> {
        let text = match self {
            Self::Env(name) => std::env::var(name).map_err(|_| ReferenceError::Env(name.clone()))?,
            Self::File(path) => std::fs::read_to_string(path).map_err(|error| ReferenceError::File {
                path: path.display().to_string(),
                error: error.kind(),
            })?,
        };
        let text = Zeroizing::new(text);
        let secret = text.trim_end_matches(['\r', '\n']);
        if secret.is_empty() {
            return Err(ReferenceError::Empty(self.to_string()));
        }
        Ok(Zeroizing::new(secret.to_owned()))
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}

impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.split_once(':') {
            Some(("env", name)) if !name.is_empty() => Ok(Self::Env(name.to_owned())),
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(path.into())),
            // What stands here may be the secret itself: it is not repeated.
            _ => Err(de::Error::custom("a secret is written as env:NAME or file:PATH")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Holder {
        secret: Reference,
    }

    #[test]
    fn places_are_read_and_secrets_refused() {
        let holder: Holder = toml::from_str(r#"secret = "env:GUARD_SECRET""#).unwrap();
        assert_eq!(holder.secret, Reference::Env("GUARD_SECRET".into()));
        for text in ["hunter2-hunter2", "env:", "https://x"] {
            let refused = toml::from_str::<Holder>(&format!("secret = \"{text}\"")).err().unwrap();
            assert!(refused.message().contains("env:NAME or file:PATH"), "{refused}");
            assert!(!refused.message().contains("hunter2"));
        }
    }

    #[test]
    fn line_breaks_at_the_end_of_a_file_do_not_count() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "s3cret \n").unwrap();
        assert_eq!(
            Reference::File(file.path().into()).resolve().unwrap().as_str(),
            "s3cret "
        );
        let missing = Reference::File("/nowhere/secret".into()).resolve().unwrap_err();
        assert_eq!(missing.to_string(), "the file /nowhere/secret is not there");
        std::fs::write(file.path(), "\n").unwrap();
        assert!(matches!(
            Reference::File(file.path().into()).resolve(),
            Err(ReferenceError::Empty(_))
        ));
    }
}
