//! What commands print on stdout.

use std::io::{self, Write as _};

use serde::Serialize;

use crate::failure::Failure;

/// One line of JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string(value).map_err(|error| Failure::new(format!("cannot print: {error}")))?;
    line(&text)
}

/// Text as it is, and a line break.
pub(crate) fn line(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")
        .and_then(|()| out.flush())
        .map_err(|error| Failure::new(format!("cannot print: {error}")))
}
