//! What `keyward dev` says when it is ready: to a person, or to a script.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::path::Path;

use serde::Serialize;

use super::commands::{self, Pkce};
use super::demo;
use super::seed::{API, DEMO, FRONTEND, SERVICE, THIRD_PARTY};
use super::state::{Person, State};

/// Who logs in.
pub(super) const PERSON: &str = "alice";

/// What is told.
pub(super) struct Told<'a> {
    pub(super) base_url: &'a str,
    pub(super) api_url: &'a str,
    pub(super) data: &'a Path,
    pub(super) state: &'a State,
    pub(super) pkce: &'a Pkce,
    pub(super) ready_ms: u64,
}

/// The line for scripts.
#[derive(Serialize)]
pub(super) struct Script<'a> {
    issuer: String,
    base_url: &'a str,
    demo_api: &'a str,
    admin: Admin<'a>,
    admin_username: &'a str,
    admin_password: Option<&'a str>,
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
    pub(super) fn issuer(&self) -> String {
        format!("{}/realms/{DEMO}", self.base_url)
    }

    /// One line of JSON.
    pub(super) fn script(&self) -> Script<'_> {
        let Person { username, password, .. } = &self.state.admin;
        Script {
            issuer: self.issuer(),
            base_url: self.base_url,
            demo_api: self.api_url,
            admin: Admin {
                username,
                password: password.as_deref(),
            },
            admin_username: username,
            admin_password: password.as_deref(),
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
        let admin = &self.state.admin;
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
        row("Issuer", &self.issuer());
        row("Log in", &format!("{}{}?login={PERSON}", self.base_url, demo::PATH));
        let [alice, bob] = [PERSON, "bob"].map(|name| known(self.password(name)));
        row("People", &format!("{PERSON} / {alice}   bob / {bob}"));
        row("", "two wrong passwords within a second lock an account for a minute");
        row(
            "Admin",
            &format!(
                "{} / {}   (realm master)",
                admin.username,
                known(admin.password.as_deref())
            ),
        );
        row("Clients", &format!("{SERVICE} / {}", known(self.secret(SERVICE))));
        row("", &format!("{API} / {}", known(self.secret(API))));
        row("", &format!("{FRONTEND}, {THIRD_PARTY}   (public)"));
        row(
            "Demo API",
            &format!("{}   guarded: {}/guard.toml", self.api_url, self.data.display()),
        );
        let tries: Vec<String> = [commands::service(self), commands::guarded(self), commands::login(self)]
            .into_iter()
            .flatten()
            .collect();
        if !tries.is_empty() {
            let endpoints = format!("URL={}/protocol/openid-connect", self.issuer());
            let all = format!("{endpoints}\n\n{}", tries.join("\n"));
            let _infallible = writeln!(text, "\n  {bold}Try{plain}");
            for line in all.lines() {
                let _infallible = match line {
                    "" => writeln!(text),
                    line if line.starts_with('#') => writeln!(text, "    {dim}{line}{plain}"),
                    line => writeln!(text, "    {line}"),
                };
            }
        }
        text.push_str("\n  Dev mode speaks plain http and prints passwords: keep it on this machine.\n");
        text.push_str("  Next: README.md#protect-an-api and #log-people-in   Stop: Ctrl-C\n");
        text
    }

    /// A client's secret, if it is still the one that was generated.
    pub(super) fn secret(&self, client_id: &str) -> Option<&str> {
        self.state.clients.get(client_id)?.as_deref()
    }

    /// A person's password, if it is still the one that was generated.
    pub(super) fn password(&self, username: &str) -> Option<&str> {
        self.state.users.get(username)?.password.as_deref()
    }
}

fn colored() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}
