//! What `keyward dev` generated: passwords and secrets, kept in a file of mode 0600 in the data folder so that a
//! later start can print them again. `keyward serve` keeps no such file.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use keyward_domain::id::CredentialId;
use keyward_domain::ports::Tx;
use keyward_domain::realm::RealmName;
use keyward_domain::{Timestamp, client};
use serde::{Deserialize, Serialize};

use super::seed;
use crate::bootstrap;
use crate::failure::Failure;
use crate::place::Opened;
use crate::private_file;

const FILE: &str = "dev.json";

/// What was generated, as far as it is still true.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct State {
    pub(crate) admin: Person,
    /// People of the demo realm by user name.
    pub(crate) users: BTreeMap<String, Person>,
    /// Secrets of the demo realm's confidential clients by `client_id`.
    pub(crate) clients: BTreeMap<String, Option<String>>,
    /// Where the server listened last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) server: Option<String>,
}

/// A person's password, and the credential that it was set as: when another stands in the database, it was changed.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Person {
    pub(crate) username: String,
    pub(crate) password: Option<String>,
    pub(crate) credential: Option<CredentialId>,
}

impl State {
    /// The names alone: whoever removed the file removed the secrets.
    fn unknown() -> Self {
        let person = |username: &str| Person {
            username: username.into(),
            ..Person::default()
        };
        Self {
            admin: person("admin"),
            users: ["alice", "bob"]
                .into_iter()
                .map(|name| (name.to_owned(), person(name)))
                .collect(),
            clients: [seed::SERVICE, seed::API]
                .into_iter()
                .map(|client_id| (client_id.to_owned(), None))
                .collect(),
            server: None,
        }
    }
}

/// Reads what was generated, or generates it at the first start. The file is written before the database commits:
/// a crash in between leaves a file that the next start replaces, never a database whose secrets nobody knows.
pub(crate) async fn load_or_seed(data: &Path, opened: &Opened) -> Result<State, Failure> {
    let path = data.join(FILE);
    let demo = RealmName::parse(seed::DEMO).map_err(|error| Failure::new(error.to_string()))?;
    if opened.store.read().await?.realm_by_name(&demo).await?.is_none() {
        return seed::seed(opened, |state| save(&path, state)).await;
    }
    bootstrap::ensure(opened).await?;
    let mut state = read(&path)?.unwrap_or_else(State::unknown);
    forget_what_changed(&mut state, opened).await?;
    Ok(state)
}

/// The secret of a client of the demo realm, as it was when `keyward dev` began with this folder.
pub(crate) fn client_secret(data: &Path, client_id: &str) -> Result<Option<String>, Failure> {
    let state = read(&data.join(FILE))?;
    Ok(state.and_then(|mut state| state.clients.remove(client_id)).flatten())
}

/// Remembers where the server listens, for commands that are given the folder alone.
pub(crate) fn listens_at(data: &Path, base_url: &str) -> Result<(), Failure> {
    let path = data.join(FILE);
    match read(&path)? {
        Some(state) if state.server.as_deref() != Some(base_url) => {
            let server = Some(base_url.to_owned());
            save(&path, &State { server, ..state })
        }
        _ => Ok(()),
    }
}

/// The demo realm's issuer, where `keyward dev` listened last with this folder. It listens on loopback only; a folder
/// that names another machine came from somebody who wants the secrets.
pub(crate) fn issuer(data: &Path) -> Result<Option<String>, Failure> {
    let server = read(&data.join(FILE))?.and_then(|state| state.server);
    let server = server.filter(|server| is_loopback(server));
    Ok(server.map(|server| format!("{server}/realms/{}", seed::DEMO)))
}

fn is_loopback(server: &str) -> bool {
    let address = server.strip_prefix("http://").map(str::parse::<SocketAddr>);
    address.is_some_and(|address| address.is_ok_and(|address| address.ip().is_loopback()))
}

/// Nothing when there is no such file.
fn read(path: &Path) -> Result<Option<State>, Failure> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::path("read", path, &error)),
    };
    serde_json::from_str(&text).map(Some).map_err(|error| {
        Failure::new(format!(
            "{}:{}: this is not what keyward dev wrote. Remove it to go on without the passwords that it held",
            path.display(),
            // Its line alone: the parser's own words quote what stands there.
            error.line()
        ))
    })
}

fn save(path: &Path, state: &State) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(state).map_err(|error| Failure::new(error.to_string()))?;
    private_file::replace(path, text.as_bytes()).map_err(|error| Failure::path("write", path, &error))
}

async fn forget_what_changed(state: &mut State, opened: &Opened) -> Result<(), Failure> {
    let mut tx = opened.store.read().await?;
    let State {
        admin, users, clients, ..
    } = state;
    for (realm, people) in [("master", vec![admin]), (seed::DEMO, users.values_mut().collect())] {
        for person in people {
            let current = credential(&mut *tx, realm, &person.username).await?;
            if current != person.credential {
                person.password = None;
            }
        }
    }
    let demo = RealmName::parse(seed::DEMO).map_err(|error| Failure::new(error.to_string()))?;
    let Some(realm) = tx.realm_by_name(&demo).await? else {
        return Ok(());
    };
    let stored = tx.clients(realm.id).await?;
    let secrets = tx.client_secrets(realm.id).await?;
    for (client_id, secret) in clients.iter_mut() {
        let row = stored.iter().find(|client| client.client_id == *client_id);
        let youngest = row.and_then(|row| secrets.iter().find(|secret| secret.client == row.id));
        let current = youngest
            .filter(|row| row.expires_at.is_none_or(|at| at > Timestamp::default()))
            .and_then(|row| {
                opened
                    .sealer
                    .open(&client::secret_binding(realm.id, row.id), &row.sealed)
                    .ok()
            });
        if current.as_deref().map(Vec::as_slice) != secret.as_ref().map(String::as_bytes) {
            *secret = None;
        }
    }
    Ok(())
}

async fn credential(tx: &mut dyn Tx, realm: &str, username: &str) -> Result<Option<CredentialId>, Failure> {
    let realm = RealmName::parse(realm).map_err(|error| Failure::new(error.to_string()))?;
    let Some(realm) = tx.realm_by_name(&realm).await? else {
        return Ok(None);
    };
    let Some(user) = tx.user_by_username(realm.id, username).await? else {
        return Ok(None);
    };
    Ok(tx.password(user.id).await?.map(|credential| credential.id))
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn a_folder_of_somebody_else_names_no_other_machine() {
        assert!(is_loopback("http://127.0.0.1:9000"));
        assert!(is_loopback("http://[::1]:9000"));
        for other in [
            "https://evil.example.com",
            "http://192.0.2.1:80",
            "http://127.0.0.1:80@evil.example.com",
            "http://localhost.example.com:80",
            "",
        ] {
            assert!(!is_loopback(other), "{other}");
        }
    }
}
