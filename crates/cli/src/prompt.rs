//! Asking the person at the terminal for something that nobody else may see.

use std::io::{self, Write as _};
use std::process::{Command, Stdio};

use keyward_domain::secret::Secret;

use crate::failure::Failure;

/// Asks; what is typed does not show. `what` is asked for, as in failures.
pub(crate) fn secret(prompt: &str, what: &str) -> Result<Secret, Failure> {
    let _echo = Echo::off();
    let failed = |error: &io::Error| Failure::new(format!("cannot read the {what}: {error}"));
    let mut out = io::stderr();
    write!(out, "{prompt}")
        .and_then(|()| out.flush())
        .map_err(|error| failed(&error))?;
    let mut line = String::new();
    io::stdin().read_line(&mut line).map_err(|error| failed(&error))?;
    // The line break of the person was not shown.
    eprintln!();
    Ok(Secret::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}

/// The terminal shows nothing while this lives.
struct Echo;

impl Echo {
    fn off() -> Self {
        stty("-echo");
        Self
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        stty("echo");
    }
}

/// Where there is no `stty` the secret shows: better than not to be able to type one.
fn stty(mode: &str) {
    let _status = Command::new("stty").arg(mode).stdin(Stdio::inherit()).status();
}
