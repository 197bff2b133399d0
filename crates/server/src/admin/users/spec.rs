//! What a user must be before it is written.

use keyward_domain::user::Profile;

/// Longest user name and mail address in characters, as in Keycloak.
const LONGEST: usize = 255;

/// What the user names of service accounts begin with.
pub(crate) const SERVICE_ACCOUNT: &str = "service-account-";

/// A checked user to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserSpec {
    username: String,
    profile: Profile,
}

/// Why a user cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UserSpecError {
    /// Empty, too long, or with blanks that nobody would type again.
    #[error("a user name has 1 to {LONGEST} characters, no blanks and none that cannot be seen")]
    Username,
    /// The name belongs to the service account of a client.
    #[error("user names that begin with service-account- belong to clients")]
    ServiceAccount,
    /// Not `name@host`.
    #[error("a mail address has the form name@host and at most {LONGEST} characters")]
    Email,
}

impl UserSpec {
    /// Checks a description. User name and mail address become lower case.
    pub fn parse(username: &str, profile: Profile) -> Result<Self, UserSpecError> {
        let seen = |text: &str| !text.chars().any(|c| c.is_whitespace() || c.is_control());
        let username = username.to_lowercase();
        if username.is_empty() || username.chars().count() > LONGEST || !seen(&username) {
            return Err(UserSpecError::Username);
        }
        if username.starts_with(SERVICE_ACCOUNT) {
            return Err(UserSpecError::ServiceAccount);
        }
        let email = profile.email.as_ref().map(|email| email.to_lowercase());
        let is_address = |email: &String| {
            let parts = email.rsplit_once('@');
            let full = parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
            full && email.chars().count() <= LONGEST && seen(email)
        };
        if !email.as_ref().is_none_or(is_address) {
            return Err(UserSpecError::Email);
        }
        Ok(Self {
            username,
            profile: Profile { email, ..profile },
        })
    }

    /// A user whose description comes from us.
    pub(super) fn unchecked(username: &str, profile: Profile) -> Self {
        Self {
            username: username.to_lowercase(),
            profile,
        }
    }

    /// The user name, lower case.
    pub fn username(&self) -> &str {
        &self.username
    }

    /// The claims about the person.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }
}

#[cfg(test)]
mod tests {
    use keyward_domain::user::Profile;

    use super::{UserSpec, UserSpecError};

    fn parse(username: &str, email: Option<&str>) -> Result<UserSpec, UserSpecError> {
        let profile = Profile {
            email: email.map(str::to_owned),
            ..Profile::default()
        };
        UserSpec::parse(username, profile)
    }

    #[test]
    fn names_and_addresses_become_lower_case() {
        let spec = parse("Jörg", Some("Joerg@Example.COM"));
        let spec = spec.as_ref();
        assert_eq!(spec.map(UserSpec::username), Ok("jörg"));
        let email = spec.map(|spec| spec.profile().email.as_deref());
        assert_eq!(email, Ok(Some("joerg@example.com")));
        assert!(parse(&"a".repeat(255), None).is_ok());
    }

    #[test]
    fn users_that_cannot_be() {
        for username in ["", " ", "a b", "a\n", "\u{0}", &"a".repeat(256)] {
            assert_eq!(parse(username, None), Err(UserSpecError::Username), "{username:?}");
        }
        assert_eq!(parse("Service-Account-x", None), Err(UserSpecError::ServiceAccount));
        for email in ["", "a", "@b", "a@", "a b@c"] {
            assert_eq!(parse("a", Some(email)), Err(UserSpecError::Email), "{email:?}");
        }
    }
}
