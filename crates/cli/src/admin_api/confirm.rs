//! Asking before something is gone.

use std::io::{self, IsTerminal as _, Write as _};

use clap::Args;

use crate::failure::Failure;

/// The switch of a command that destroys something.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Destructive {
    /// Do it without asking
    #[arg(long, short = 'y')]
    yes: bool,
}

impl Destructive {
    /// Asks, unless `--yes` was said. `deed` says what will happen: `delete the realm "shop" with everything in it`.
    pub(crate) fn confirm(self, deed: &str) -> Result<(), Failure> {
        if self.yes {
            return Ok(());
        }
        if !io::stdin().is_terminal() {
            return Err(Failure::new(format!("this would {deed}. Say --yes if that is meant")));
        }
        let failed = |error: &io::Error| Failure::new(format!("cannot ask: {error}"));
        let mut out = io::stderr();
        write!(out, "This will {deed}. Type yes to go on: ")
            .and_then(|()| out.flush())
            .map_err(|error| failed(&error))?;
        let mut line = String::new();
        io::stdin().read_line(&mut line).map_err(|error| failed(&error))?;
        match line.trim() {
            "yes" => Ok(()),
            _ => Err(Failure::new("nothing was done")),
        }
    }
}
