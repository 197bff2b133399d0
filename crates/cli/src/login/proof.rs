//! What somebody logs in with. Never an argument: other users of the machine see those.

use std::fs;
use std::io::{self, IsTerminal as _, Read as _};
use std::path::Path;

use keyward_client::Secret;

use crate::failure::Failure;
use crate::prompt;

/// The environment variable with the secret of a client.
const CLIENT_SECRET: &str = "KEYWARD_CLIENT_SECRET";

/// The environment variable that may hold the password of an administrator.
const PASSWORD: &str = "KEYWARD_LOGIN_PASSWORD";

/// Most bytes that are read: more than any password may have.
const MOST: u64 = 4096;

/// The client's secret, if the environment has one.
pub(super) fn client_secret() -> Option<Secret> {
    variable(CLIENT_SECRET)
}

/// The password: from the file that was named, else from the environment, else a prompt, else stdin.
pub(super) fn password(username: &str, file: Option<&Path>) -> Result<Secret, Failure> {
    let text = if let Some(file) = file {
        fs::read_to_string(file).map_err(|error| Failure::path("read the password file", file, &error))?
    } else if let Some(password) = variable(PASSWORD) {
        return Ok(password);
    } else if io::stdin().is_terminal() {
        let typed = prompt::secret(&format!("Password of {username}: "), "password")?;
        typed.expose().to_owned()
    } else {
        let mut text = String::new();
        let read = io::stdin().take(MOST).read_to_string(&mut text);
        read.map_err(|_| Failure::new("the password on stdin is no text in UTF-8"))?;
        text
    };
    match text.lines().next().unwrap_or_default() {
        "" => Err(Failure::new(format!(
            "there is no password. Set {PASSWORD}, name a --password-file, or type it"
        ))),
        line => Ok(Secret::new(line)),
    }
}

fn variable(name: &str) -> Option<Secret> {
    std::env::var(name)
        .ok()
        .filter(|text| !text.is_empty())
        .map(Secret::new)
}
