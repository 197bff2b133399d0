//! Which scope a client gets.
//!
//! One rule: what was asked for must be allowed, whole, or the request is refused with `invalid_scope`; nothing
//! is cut silently. Without `scope` the client gets its default scopes. Default scopes are granted always,
//! optional ones when asked for, and `openid` when asked for (OIDC Core §3.1.2.1).

use keyward_protocol::scope::Scope;

use crate::client::{ClientSettings, ConsentPolicy};

/// The scope that every client may ask for and that is no row.
pub const OPENID: &str = "openid";

/// A scope was asked for that the client may not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Invalid scopes: {}", .asked)]
pub struct ScopeRefused {
    /// What was asked for, in full.
    pub asked: String,
}

/// The names of the scopes that are granted (RFC 6749 §3.3), defaults first, then what was asked for in its
/// order.
pub fn narrow<'a>(
    asked: Option<&'a Scope>,
    default_scopes: &'a [String],
    optional_scopes: &[String],
) -> Result<Vec<&'a str>, ScopeRefused> {
    let mut granted: Vec<&str> = default_scopes.iter().map(String::as_str).collect();
    let Some(asked) = asked else { return Ok(granted) };
    for token in asked.iter() {
        let allowed = token == OPENID
            || default_scopes.iter().any(|name| name == token)
            || optional_scopes.iter().any(|name| name == token);
        if !allowed {
            return Err(ScopeRefused {
                asked: asked.to_string(),
            });
        }
        if !granted.contains(&token) {
            granted.push(token);
        }
    }
    Ok(granted)
}

/// The scopes out of which a client may be given claims that it asks for one by one (OIDC Core §5.5): all that it may
/// have, or, when people are asked before it gets something, what they agreed to.
pub fn claimable<'a>(settings: &'a ClientSettings, agreed: &'a [String]) -> Vec<&'a str> {
    let more = match settings.consent {
        ConsentPolicy::None => &settings.optional_scopes,
        ConsentPolicy::Remember | ConsentPolicy::Always => agreed,
    };
    settings.default_scopes.iter().chain(more).map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::{Scope, narrow};

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn defaults_without_asking_optional_when_asked() {
        let (default, optional) = (names(&["basic"]), names(&["orders:read", "orders:create"]));
        assert_eq!(narrow(None, &default, &optional).unwrap(), ["basic"]);
        let asked = Scope::parse("openid orders:read basic").unwrap();
        assert_eq!(
            narrow(Some(&asked), &default, &optional).unwrap(),
            ["basic", "openid", "orders:read"]
        );
    }

    #[test]
    fn one_scope_that_is_not_allowed_refuses_the_whole_request() {
        let asked = Scope::parse("orders:read admin").unwrap();
        let refused = narrow(Some(&asked), &[], &names(&["orders:read"])).unwrap_err();
        assert_eq!(refused.to_string(), "Invalid scopes: orders:read admin");
    }
}
