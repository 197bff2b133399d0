//! Tokens as the cases describe them.

use keyward_client::UnixMillis;
use keyward_guard::settings::Preset;
use serde::Deserialize;
use serde_json::{Map, Value};

/// How long a token lives that does not say it, in seconds.
const LIFETIME: u64 = 300;

/// Claims that are instants: `"now"`, `"now+60"` and `"now-60"` are read there.
const INSTANTS: [&str; 4] = ["exp", "nbf", "iat", "auth_time"];

/// What a token has, beside what every good one of its issuer has.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TokenTemplate {
    /// The issuer by its id in the configuration; the first one by default.
    pub(super) issuer: Option<String>,
    /// Whose token it is; a person's by default.
    pub(super) kind: Option<Kind>,
    /// A token that only its issuer can read.
    pub(super) opaque: Option<bool>,
    /// What its issuer says when it is asked; true by default.
    pub(super) active: Option<bool>,
    /// Claims that it lacks.
    pub(super) without: Option<Vec<String>>,
    /// Claims.
    #[serde(flatten)]
    pub(super) claims: Map<String, Value>,
}

/// Whose token it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    /// A person's, through an application.
    #[default]
    User,
    /// A service's own.
    Client,
}

impl TokenTemplate {
    /// What `base` says holds where this one is silent.
    pub(super) fn over(self, base: &Self) -> Self {
        let mut claims = base.claims.clone();
        claims.extend(self.claims);
        Self {
            issuer: self.issuer.or_else(|| base.issuer.clone()),
            kind: self.kind.or(base.kind),
            opaque: self.opaque.or(base.opaque),
            active: self.active.or(base.active),
            without: self.without.or_else(|| base.without.clone()),
            claims,
        }
    }

    /// The claims of a token of an issuer at `url`, issued now.
    pub(super) fn claims(&self, url: &str, preset: Preset, now: UnixMillis) -> Result<Map<String, Value>, String> {
        let mut claims = usual(preset, self.kind.unwrap_or_default());
        claims.insert("iss".into(), url.into());
        claims.insert("iat".into(), now.secs().into());
        claims.insert("exp".into(), now.secs().saturating_add(LIFETIME).into());
        for (name, value) in &self.claims {
            let value = match value {
                Value::String(text) if INSTANTS.contains(&name.as_str()) => instant(text, now)
                    .ok_or_else(|| format!("token.{name}: {text:?} is no instant; write it like \"now-60\""))?,
                value => value.clone(),
            };
            claims.insert(name.clone(), value);
        }
        for name in self.without.iter().flatten() {
            claims.remove(name);
        }
        Ok(claims)
    }
}

/// What a good token of such an issuer has.
fn usual(preset: Preset, kind: Kind) -> Map<String, Value> {
    let mut claims = Map::new();
    let mut set = |name: &str, value: &str| claims.insert(name.to_owned(), value.into());
    let (user, client) = ("test-user", "test-client");
    set("jti", "test-token");
    set("sub", if kind == Kind::User { user } else { client });
    match preset {
        Preset::Rfc9068 => set("client_id", client),
        Preset::Auth0 => set("azp", client),
        Preset::Keycloak | Preset::Keyward => {
            if kind == Kind::User {
                set("sid", "test-session");
            }
            set("azp", client);
            set("typ", "Bearer")
        }
    };
    claims
}

fn instant(text: &str, now: UnixMillis) -> Option<Value> {
    let rest = text.strip_prefix("now")?;
    if rest.is_empty() {
        return Some(now.secs().into());
    }
    let (sign, secs) = rest.split_at_checked(1)?;
    let secs: u64 = secs.parse().ok()?;
    match sign {
        "+" => now.secs().checked_add(secs).map(Value::from),
        "-" => now.secs().checked_sub(secs).map(Value::from),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use keyward_client::UnixMillis;
    use keyward_guard::settings::Preset;
    use serde_json::json;

    use super::TokenTemplate;

    const NOW: UnixMillis = UnixMillis(1_000_000);

    fn template(text: &str) -> TokenTemplate {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn a_token_has_what_its_issuers_tokens_have_and_what_the_case_says() {
        let base = template("aud = \"api\"\nscope = \"a\"");
        let token = template("scope = \"b\"\nexp = \"now-60\"\nwithout = [\"jti\"]").over(&base);
        let claims = token.claims("https://id", Preset::Keycloak, NOW).unwrap();
        let expected = json!({
            "iss": "https://id", "iat": 1000, "exp": 940, "aud": "api", "scope": "b", "sub": "test-user", "sid": "test-session",
            "azp": "test-client", "typ": "Bearer"
        });
        assert_eq!(serde_json::Value::from(claims), expected);
    }

    #[test]
    fn what_is_no_instant_is_named() {
        for text in ["soon", "now*2", "now+", "now-99999999999"] {
            let token = template(&format!("exp = {text:?}"));
            let why = token.claims("x", Preset::Rfc9068, NOW).unwrap_err();
            assert!(why.starts_with("token.exp: "), "{why}");
        }
        assert!(template("exp = 7").claims("x", Preset::Rfc9068, NOW).is_ok());
    }
}
