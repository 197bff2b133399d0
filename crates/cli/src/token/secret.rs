//! Where a client's secret and a refresh token come from. Never an argument: other users of the machine see those.

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use clap::Args;
use keyward_client::Secret;

use crate::dev::state;
use crate::failure::Failure;
use crate::prompt;

/// The secret of the client.
#[derive(Args)]
#[group(multiple = false)]
pub(super) struct ClientSecret {
    /// Environment variable with the client's secret
    #[arg(long, value_name = "VARIABLE")]
    client_secret_env: Option<String>,
    /// File with the client's secret in its first line; - for stdin
    #[arg(long, value_name = "FILE")]
    client_secret_file: Option<PathBuf>,
}

/// The refresh token.
#[derive(Args)]
#[group(multiple = false)]
pub(super) struct RefreshToken {
    /// Environment variable with the refresh token
    #[arg(long, value_name = "VARIABLE")]
    refresh_token_env: Option<String>,
    /// File with the refresh token in its first line; - for stdin
    #[arg(long, value_name = "FILE")]
    refresh_token_file: Option<PathBuf>,
}

impl ClientSecret {
    /// What is named, else what the demo knows, else what the person types if it is `needed`; nothing for a public
    /// client.
    pub(super) fn read(&self, client_id: &str, demo: Option<&Path>, needed: bool) -> Result<Option<Secret>, Failure> {
        if let Some(secret) = named(self.client_secret_env.as_deref(), self.client_secret_file.as_deref())? {
            return Ok(Some(secret));
        }
        if let Some(data) = demo
            && let Some(secret) = state::client_secret(data, client_id)?
        {
            return Ok(Some(Secret::new(secret)));
        }
        if !needed {
            return Ok(None);
        }
        if let Some(data) = demo.filter(|data| !data.is_dir()) {
            return Err(Failure::new(format!(
                "there is no folder {} here: start keyward dev here, or name its folder with --data",
                data.display()
            )));
        }
        typed(
            "Client secret: ",
            "client secret",
            "--client-secret-env or --client-secret-file",
        )
        .map(Some)
    }
}

impl RefreshToken {
    /// What is named, else what the person types.
    pub(super) fn read(&self) -> Result<Secret, Failure> {
        match named(self.refresh_token_env.as_deref(), self.refresh_token_file.as_deref())? {
            Some(token) => Ok(token),
            None => typed(
                "Refresh token: ",
                "refresh token",
                "--refresh-token-env or --refresh-token-file",
            ),
        }
    }
}

fn named(variable: Option<&str>, file: Option<&Path>) -> Result<Option<Secret>, Failure> {
    let (text, place) = match (variable, file) {
        (Some(variable), _) => {
            let text = std::env::var(variable)
                .map_err(|_| Failure::new(format!("the environment variable {variable} is not set")))?;
            (text, variable.to_owned())
        }
        (None, Some(path)) => {
            let text = if path.as_os_str() == "-" {
                io::read_to_string(io::stdin())
            } else {
                std::fs::read_to_string(path)
            };
            let text = text.map_err(|error| Failure::path("read", path, &error))?;
            (text, path.display().to_string())
        }
        (None, None) => return Ok(None),
    };
    match text.lines().next().unwrap_or_default() {
        "" => Err(Failure::new(format!("there is nothing in {place}"))),
        line => Ok(Some(Secret::new(line))),
    }
}

fn typed(prompt: &str, what: &str, options: &str) -> Result<Secret, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::new(format!("there is no {what}: give {options}")));
    }
    let secret = prompt::secret(prompt, what)?;
    if secret.expose().is_empty() {
        return Err(Failure::new(format!("there is no {what}: type it, or give {options}")));
    }
    Ok(Secret::new(secret.expose()))
}
