//! What `keyward dev` says when it is ready: to a person, or to a script.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::path::Path;

use keyward_domain::entropy;
use keyward_jose::digest::{b64url_encode, sha256};
use keyward_server::SystemEntropy;
use serde::Serialize;

use super::demo;
use super::seed::{API, DEMO, FRONTEND, SERVICE, THIRD_PARTY};
use super::state::{Person, State};

/// Who logs in.
const PERSON: &str = "alice";

/// The verifier and the challenge of the commands.
pub(super) struct Pkce {
    verifier: String,
    challenge: String,
}

/// What is told.
pub(super) struct Told<'a> {
    pub(super) base_url: &'a str,
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
        let tries: Vec<String> = [self.try_a_service(), self.try_a_login()]
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
        text.push_str("  Next: README.md#protect-an-api   Stop: Ctrl-C\n");
        text
    }

    fn secret(&self, client_id: &str) -> Option<&str> {
        self.state.clients.get(client_id)?.as_deref()
    }

    fn password(&self, username: &str) -> Option<&str> {
        self.state.users.get(username)?.password.as_deref()
    }

    /// A service and the API that it calls; nothing when their secrets are not known any more.
    fn try_a_service(&self) -> Option<String> {
        let (service, api) = (self.secret(SERVICE)?, self.secret(API)?);
        Some(format!(
            r#"# a service gets a token
SERVICE={SERVICE}:{service}
TOKEN=$(curl -s $URL/token -u $SERVICE -d grant_type=client_credentials \
  -d scope=orders:read | cut -d'"' -f4); echo $TOKEN

# an API asks about it
API={API}:{api}
curl -s $URL/token/introspect -u $API -d token=$TOKEN; echo

# the service gives it back; the same question then says "active":false
curl -s $URL/revoke -u $SERVICE -d token=$TOKEN
curl -s $URL/token/introspect -u $API -d token=$TOKEN; echo

# an API that checks tokens itself needs only the public keys
curl -s $URL/certs; echo
"#
        ))
    }

    /// A person at a browser application: what the page behind the link does, by hand.
    fn try_a_login(&self) -> Option<String> {
        let password = self.password(PERSON)?;
        let Pkce { verifier, challenge } = self.pkce;
        let back = format!("{}{}", self.base_url, demo::PATH);
        Some(format!(
            r##"# a person logs in without a browser: the form, then the code
APP=client_id={FRONTEND} JAR=$(mktemp)
BACK=redirect_uri={back}
FORM=$(curl -sgc $JAR -G $URL/auth -d response_type=code -d $APP -d $BACK \
  -d scope=openid+profile -d state=any -d code_challenge_method=S256 \
  -d code_challenge={challenge} | \
  sed -n 's/.*action="\([^"]*\)".*/\1/p')
CODE=$(curl -sgb $JAR -c $JAR $FORM -d username={PERSON} \
  -d password={password} -o /dev/null -w '%{{redirect_url}}' | \
  sed 's/.*[?&]code=//; s/&.*//')

# the application redeems it
TOKENS=$(curl -sg $URL/token -d grant_type=authorization_code -d $APP \
  -d $BACK -d code=$CODE \
  -d code_verifier={verifier})
part() {{ echo "$TOKENS" | sed "s/.*\"$1\":\"//; s/\".*//"; }}
part access_token

# it learns who that is, and gets new tokens before these end
curl -sg $URL/userinfo -H "Authorization: Bearer $(part access_token)"; echo
curl -sg $URL/token -d grant_type=refresh_token -d $APP \
  -d refresh_token=$(part refresh_token); echo
"##
        ))
    }
}

impl Pkce {
    /// A pair for this run. RFC 7636 §4.1, RFC 7636 §4.2
    pub(super) fn new() -> Self {
        let verifier = entropy::secret(&mut SystemEntropy).expose().to_owned();
        let challenge = b64url_encode(&sha256(verifier.as_bytes()));
        Self { verifier, challenge }
    }
}

fn colored() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}
