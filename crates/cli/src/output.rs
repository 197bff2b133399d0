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
    bytes(format!("{text}\n").as_bytes())
}

/// Bytes as they are. A reader who has seen enough (`head`) makes nothing fail.
pub(crate) fn bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(|error| Failure::of(&format!("cannot print: {error}"))),
    }
}
