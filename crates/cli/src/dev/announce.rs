//! What `keyward dev` says when it is ready: to a person, or to a script.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::path::Path;

use serde::Serialize;

use super::seed::{API, DEMO, SERVICE};
use super::state::{Person, State};

/// What is told.
pub(super) struct Told<'a> {
    pub(super) base_url: &'a str,
    pub(super) data: &'a Path,
    pub(super) state: &'a State,
    pub(super) ready_ms: u64,
}

/// The line for scripts.
#[derive(Serialize)]
pub(super) struct Script<'a> {
    issuer: String,
    base_url: &'a str,
    admin: Admin<'a>,
    clients: BTreeMap<&'a str, ClientLine<'a>>,
    users: BTreeMap<&'a str, Option<&'a str>>,
    ready_ms: u64,
}

#[derive(Serialize)]
struct Admin<'a> {
    username: &'a str,
    password: Option<&'a str>,
}

#[derive(Serialize)]
struct ClientLine<'a> {
    client_secret: Option<&'a str>,
}

impl Told<'_> {
    fn issuer(&self) -> String {
        format!("{}/realms/{DEMO}", self.base_url)
    }

    /// One line of JSON.
    pub(super) fn script(&self) -> Script<'_> {
        let Person { username, password, .. } = &self.state.admin;
        Script {
            issuer: self.issuer(),
            base_url: self.base_url,
            admin: Admin {
                username,
                password: password.as_deref(),
            },
            clients: self
                .state
                .clients
                .iter()
                .map(|(client_id, secret)| {
                    (
                        client_id.as_str(),
                        ClientLine {
                            client_secret: secret.as_deref(),
                        },
                    )
                })
                .collect(),
            users: self
                .state
                .users
                .iter()
                .map(|(username, person)| (username.as_str(), person.password.as_deref()))
                .collect(),
            ready_ms: self.ready_ms,
        }
    }

    /// The text for a person. Each command under "Try" works when pasted into `sh`.
    pub(super) fn person(&self) -> String {
        let (bold, dim, plain) = if colored() {
            ("\u{1b}[1m", "\u{1b}[2m", "\u{1b}[0m")
        } else {
            ("", "", "")
        };
        let known = |secret: Option<&str>| secret.unwrap_or("(changed since)").to_owned();
        let secret = |client_id: &str| self.state.clients.get(client_id).and_then(Option::as_deref);
        let password = |name: &str| known(self.state.users.get(name).and_then(|person| person.password.as_deref()));
        let admin = &self.state.admin;
        let issuer = self.issuer();
        let endpoint = format!("{issuer}/protocol/openid-connect");
        let mut text = format!(
            "\n  {bold}Keyward {}{plain}   dev mode, data in {}   ready in {} ms\n\n",
            env!("CARGO_PKG_VERSION"),
            self.data.display(),
            self.ready_ms
        );
        let mut row = |label: &str, value: &str| {
            // Writing into a String cannot fail.
            let _infallible = writeln!(text, "  {bold}{label:<9}{plain} {value}");
        };
        row("Issuer", &issuer);
        row(
            "Admin",
            &format!(
                "{} / {}   (realm master)",
                admin.username,
                known(admin.password.as_deref())
            ),
        );
        row(
            "People",
            &format!(
                "alice / {}   bob / {}   (no login yet)",
                password("alice"),
                password("bob")
            ),
        );
        row("Clients", &format!("{SERVICE} / {}", known(secret(SERVICE))));
        row("", &format!("{API} / {}", known(secret(API))));
        row("", "frontend-app   (public)");
        if let (Some(service), Some(api)) = (secret(SERVICE), secret(API)) {
            let try_it = format!(
                "\n  {bold}Try{plain}
    {dim}# a service gets a token{plain}
    URL={endpoint}
    SERVICE={SERVICE}:{service}
    TOKEN=$(curl -s $URL/token -u $SERVICE -d grant_type=client_credentials \\
      -d scope=orders:read | cut -d'\"' -f4); echo $TOKEN

    {dim}# an API asks about it{plain}
    API={API}:{api}
    curl -s $URL/token/introspect -u $API -d token=$TOKEN; echo

    {dim}# the service gives it back; the same question then says \"active\":false{plain}
    curl -s $URL/revoke -u $SERVICE -d token=$TOKEN
    curl -s $URL/token/introspect -u $API -d token=$TOKEN; echo

    {dim}# an API that checks tokens itself needs only the public keys{plain}
    curl -s $URL/certs; echo\n"
            );
            text.push_str(&try_it);
        }
        text.push_str("\n  Dev mode speaks plain http and prints passwords: keep it on this machine.\n");
        text.push_str("  Next: README.md#protect-an-api   Stop: Ctrl-C\n");
        text
    }
}

fn colored() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}
