//! Our own failures.

/// Something on our side went wrong. It never reaches a body except as `server_error` or
/// `temporarily_unavailable` with the request id; the text is for the log.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Fault {
    /// The database cannot be reached, is full, or refuses to write. Try again later.
    #[error("storage is unavailable: {0}")]
    Unavailable(String),
    /// Another transaction got in between; the decision may run again.
    #[error("the transaction met another one: {0}")]
    Conflict(String),
    /// A row or a column is not what this version expects.
    #[error("stored data is not readable: {0}")]
    Corrupt(String),
    /// A unique name is taken.
    #[error("{0} exists already")]
    Exists(String),
    /// A key or a ciphertext cannot be used.
    #[error("cryptography failed: {0}")]
    Crypto(String),
}

impl Fault {
    /// Whether running the same decision again may succeed.
    pub const fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict(_))
    }
}
