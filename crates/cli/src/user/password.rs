//! Where a person's password comes from. Never an argument: other users of the machine see those.

use std::fs;
use std::io::{self, IsTerminal as _, Read as _};
use std::path::PathBuf;

use clap::Args;
use keyward_domain::realm::Realm;
use keyward_domain::secret::Secret;
use keyward_server::admin::users::new_password::{NewPassword, NewPasswordError, PasswordKind};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::prompt;

/// The environment variable that may hold it.
const VARIABLE: &str = "KEYWARD_USER_PASSWORD";

/// Most bytes that are read: more than any password may have.
const MOST: u64 = 4096;

#[derive(Args)]
pub(crate) struct Source {
    /// Read the password from the first line of a file
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// They have to choose their own at the next login
    #[arg(long)]
    temporary: bool,
}

impl Source {
    /// Reads it, checks it by the realm's policy and hashes it. `whose` is a user name and a mail address.
    pub(crate) async fn read(&self, realm: &Realm, whose: (&str, Option<&str>)) -> Result<NewPassword, Failure> {
        let password = NewPassword::prepare(realm, whose, &self.text()?, self.kind()).await;
        password.map_err(|error| match error {
            NewPasswordError::Fault(fault) => fault.into(),
            broken @ NewPasswordError::Broken(_) => Failure::new(format!("realm {} refuses it: {broken}", realm.name)),
        })
    }

    /// A `CredentialRepresentation`, which the server checks by the realm's policy.
    pub(super) fn credential(&self) -> Result<Value, Failure> {
        let text = self.text()?;
        Ok(json!({ "type": "password", "value": text.expose(), "temporary": self.temporary }))
    }

    fn kind(&self) -> PasswordKind {
        if self.temporary {
            PasswordKind::Temporary
        } else {
            PasswordKind::Permanent
        }
    }

    /// The file that was named, else the environment, else a prompt, else stdin.
    fn text(&self) -> Result<Secret, Failure> {
        let text = if let Some(path) = &self.password_file {
            fs::read_to_string(path).map_err(|error| Failure::path("read the password file", path, &error))?
        } else if let Some(text) = std::env::var(VARIABLE).ok().filter(|text| !text.is_empty()) {
            return Ok(Secret::new(text));
        } else if io::stdin().is_terminal() {
            return prompted();
        } else {
            let mut text = String::new();
            let read = io::stdin().take(MOST).read_to_string(&mut text);
            read.map_err(|_| Failure::new("the password on stdin is no text in UTF-8"))?;
            text
        };
        match text.lines().next().unwrap_or_default() {
            "" => Err(Failure::new(format!(
                "there is no password. Set {VARIABLE}, name a --password-file, or type it"
            ))),
            line => Ok(Secret::new(line.to_owned())),
        }
    }
}

/// Asks twice: nobody sees what they type.
fn prompted() -> Result<Secret, Failure> {
    let first = prompt::secret("Password: ", "password")?;
    let again = prompt::secret("Again: ", "password")?;
    if first != again {
        return Err(Failure::new("the two passwords differ"));
    }
    Ok(first)
}
