//! Whom a token is for.

use std::collections::BTreeMap;

use crate::scope::Mapper;

/// The audiences of a token (RFC 9068 §2.2): what the audience mappers say, then the clients whose roles the
/// subject holds when a scope resolves them. Each once. Never "everything", and never the client itself by default.
pub fn resolve<'a>(
    mappers: impl Iterator<Item = &'a Mapper>,
    client_roles: &'a BTreeMap<String, Vec<String>>,
    client_id: &str,
) -> Vec<&'a str> {
    let mut audience: Vec<&str> = Vec::new();
    let mut add = |name: &'a str| {
        if !audience.contains(&name) {
            audience.push(name);
        }
    };
    for mapper in mappers {
        match mapper {
            Mapper::Audience { audience } => add(audience),
            Mapper::AudienceResolve => {
                client_roles
                    .keys()
                    .filter(|name| *name != client_id)
                    .for_each(|name| add(name));
            }
            _ => {}
        }
    }
    audience
}

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
    use super::{BTreeMap, Mapper, ResourceRefused, narrow, resolve};

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

    #[test]
    fn mappers_first_then_roles_and_never_the_client_itself() {
        let roles = BTreeMap::from([("api".into(), vec!["r".into()]), ("me".into(), vec!["r".into()])]);
        let fixed = Mapper::Audience {
            audience: "backend-api".into(),
        };
        assert_eq!(resolve([&fixed].into_iter(), &roles, "me"), ["backend-api"]);
        assert_eq!(
            resolve([&fixed, &Mapper::AudienceResolve, &fixed].into_iter(), &roles, "me"),
            ["backend-api", "api"]
        );
    }
}
