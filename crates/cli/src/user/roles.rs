//! `keyward user roles`.

use clap::{Args, Subcommand};

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
    /// List the roles that a person was given
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
            let roles = api.get(&path).await?;
            if json {
                return output::json(&roles);
            }
            table(
                &[("ID", "id"), ("ROLE", "name"), ("DESCRIPTION", "description")],
                &roles,
            )
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

impl Of {
    /// Where the roles of the person are.
    async fn mappings(&self, api: &Api) -> Result<Path, Failure> {
        let user = api.user(&self.realm, &self.username).await?;
        let path = Path::realm(&self.realm)
            .then("users")
            .part(id(&user))
            .then("role-mappings");
        Ok(match &self.client {
            None => path.then("realm"),
            Some(client) => {
                let client = api.client(&self.realm, client).await?;
                path.then("clients").part(id(&client))
            }
        })
    }
}
