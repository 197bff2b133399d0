//! Whom a token is for: the resources that a client names narrow it. What it is made of, the mappers say
//! ([`super::claims`]).

/// A resource was asked for that the client's tokens are not for (RFC 8707 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the requested resource is not an audience of the client's tokens")]
pub struct ResourceRefused;

/// The audiences that are left when a client names the resources it wants a token for (RFC 8707 §2.2): exactly
/// those, and each must be one that its tokens are for anyway.
pub fn narrow(audience: Vec<String>, resources: &[String]) -> Result<Vec<String>, ResourceRefused> {
    if resources.is_empty() {
        return Ok(audience);
    }
    if resources.iter().all(|resource| audience.contains(resource)) {
        Ok(audience.into_iter().filter(|name| resources.contains(name)).collect())
    } else {
        Err(ResourceRefused)
    }
}

#[cfg(test)]
mod tests {
    use super::{ResourceRefused, narrow};

    #[test]
    fn a_resource_narrows_and_never_widens() {
        let list = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let audience = || list(&["https://a.example", "https://b.example"]);
        assert_eq!(narrow(audience(), &[]), Ok(audience()));
        assert_eq!(
            narrow(audience(), &list(&["https://b.example"])),
            Ok(list(&["https://b.example"]))
        );
        assert_eq!(
            narrow(audience(), &list(&["https://b.example", "https://evil.example"])),
            Err(ResourceRefused)
        );
    }
}
