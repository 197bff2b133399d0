//! `keyward user roles`.

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::admin_api::{Api, Path, Server, id, table};
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// List the roles that a person was given: those of the realm, then those of clients
    List {
        #[command(flatten)]
        of: Of,
        /// Those too that come with other roles and with groups
        #[arg(long)]
        effective: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Give roles to a person
    Add(Change),
    /// Take roles away from a person
    Remove(Change),
}

#[derive(Args)]
struct Of {
    /// User name
    username: String,
    /// Realm they live in
    #[arg(long, short = 'r')]
    realm: String,
    /// Roles of this client instead of the realm's
    #[arg(long, value_name = "CLIENT_ID")]
    client: Option<String>,
    #[command(flatten)]
    server: Server,
}

#[derive(Args)]
struct Change {
    #[command(flatten)]
    of: Of,
    /// Names of the roles
    #[arg(required = true, value_name = "ROLE")]
    roles: Vec<String>,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.verb {
        Verb::List { of, effective, json } => {
            let api = of.server.reach()?;
            let path = of.mappings(&api).await?;
            let path = if effective { path.then("composite") } else { path };
            let mut roles = api.get(&path).await?;
            if json {
                return output::json(&roles);
            }
            if of.client.is_none() && !effective {
                add_of_clients(&mut roles, &api.get(&of.all(&api).await?).await?);
            }
            let columns = [
                ("ID", "id"),
                ("ROLE", "name"),
                ("CLIENT", CLIENT),
                ("DESCRIPTION", "description"),
            ];
            table(&columns, &roles)
        }
        Verb::Add(Change { of, roles }) => {
            let api = of.server.reach()?;
            let path = of.mappings(&api).await?;
            let found = api.roles(&of.realm, of.client.as_deref(), &roles).await?;
            api.make(&path, &found).await?;
            output::line(&format!("{} holds {} now", of.username, roles.join(", ")))
        }
        Verb::Remove(Change { of, roles }) => {
            let api = of.server.reach()?;
            let path = of.mappings(&api).await?;
            let found = api.roles(&of.realm, of.client.as_deref(), &roles).await?;
            api.take(&path, &found).await?;
            output::line(&format!("{} does not hold {} any more", of.username, roles.join(", ")))
        }
    }
}

/// The client of a role, in a table.
const CLIENT: &str = "client";

/// Adds the roles of clients to those of the realm.
fn add_of_clients(roles: &mut Value, mappings: &Value) {
    let Some(list) = roles.as_array_mut() else {
        return;
    };
    let clients = mappings.get("clientMappings").and_then(Value::as_object);
    for (client, held) in clients.into_iter().flatten() {
        for role in held.get("mappings").and_then(Value::as_array).into_iter().flatten() {
            let mut role = role.clone();
            if let Some(members) = role.as_object_mut() {
                members.insert(CLIENT.into(), client.as_str().into());
            }
            list.push(role);
        }
    }
}

impl Of {
    /// Where all role mappings of the person are.
    async fn all(&self, api: &Api) -> Result<Path, Failure> {
        let user = api.user(&self.realm, &self.username).await?;
        Ok(Path::realm(&self.realm)
            .then("users")
            .part(id(&user))
            .then("role-mappings"))
    }

    /// Where the roles of the person are.
    async fn mappings(&self, api: &Api) -> Result<Path, Failure> {
        let path = self.all(api).await?;
        Ok(match &self.client {
            None => path.then("realm"),
            Some(client) => {
                let client = api.client(&self.realm, client).await?;
                path.then("clients").part(id(&client))
            }
        })
    }
}
