//! Finding things by the names that people have for them.

use serde_json::Value;

use super::{Api, Path};
use crate::failure::Failure;

impl Api {
    /// A client by its `client_id`.
    pub(crate) async fn client(&self, realm: &str, client_id: &str) -> Result<Value, Failure> {
        let clients = self
            .get(&Path::realm(realm).then("clients").with("clientId", client_id))
            .await?;
        named(clients, "clientId", client_id)
            .ok_or_else(|| Failure::new(format!("there is no client {client_id:?} in realm {realm}")))
    }

    /// A user by their name.
    pub(crate) async fn user(&self, realm: &str, username: &str) -> Result<Value, Failure> {
        let query = Path::realm(realm).then("users").with("username", username);
        let users = self.get(&query.with("exact", "true")).await?;
        // Names are kept in lower case.
        named(users, "username", &username.to_lowercase())
            .ok_or_else(|| Failure::new(format!("there is no user {username:?} in realm {realm}")))
    }

    /// A group by its path (`/staff/support`), or by its name when it is below no other.
    pub(crate) async fn group(&self, realm: &str, path: &str) -> Result<Value, Failure> {
        let mut at = Path::realm(realm).then("group-by-path");
        for part in path.strip_prefix('/').unwrap_or(path).split('/') {
            at = at.part(part);
        }
        let group = self.look(&at).await?;
        group.ok_or_else(|| Failure::new(format!("there is no group {path:?} in realm {realm}")))
    }

    /// A role by its name: of a client, or of the realm.
    pub(crate) async fn role(&self, realm: &str, client: Option<&str>, name: &str) -> Result<Value, Failure> {
        let roles = self.roles_of(realm, client).await?;
        let role = self.look(&roles.part(name)).await?;
        role.ok_or_else(|| {
            Failure::new(match client {
                Some(client) => format!("there is no role {name:?} of client {client:?} in realm {realm}"),
                None => format!("there is no role {name:?} in realm {realm}"),
            })
        })
    }

    /// Several roles, as a list.
    pub(crate) async fn roles(&self, realm: &str, client: Option<&str>, names: &[String]) -> Result<Value, Failure> {
        let mut roles = Vec::with_capacity(names.len());
        for name in names {
            roles.push(self.role(realm, client, name).await?);
        }
        Ok(Value::Array(roles))
    }

    /// Where the roles of a client are, or those of the realm.
    pub(crate) async fn roles_of(&self, realm: &str, client: Option<&str>) -> Result<Path, Failure> {
        let path = Path::realm(realm);
        Ok(match client {
            None => path.then("roles"),
            Some(client) => {
                let client = self.client(realm, client).await?;
                path.then("clients").part(id(&client)).then("roles")
            }
        })
    }
}

/// The id of what was found.
pub(crate) fn id(object: &Value) -> &str {
    text(object, "id")
}

/// A member that is a text; empty when it is none.
pub(crate) fn text<'o>(object: &'o Value, member: &str) -> &'o str {
    object.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// The one of a list whose member is exactly this.
fn named(list: Value, member: &str, value: &str) -> Option<Value> {
    let Value::Array(list) = list else {
        return None;
    };
    list.into_iter().find(|object| text(object, member) == value)
}
