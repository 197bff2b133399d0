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

#[cfg(test)]
mod tests {
    use super::{BTreeMap, Mapper, resolve};

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
