//! `keyward user groups`.

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
    /// List the groups that a person is in
    List {
        #[command(flatten)]
        of: Of,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Make a person a member of a group
    Add(Change),
    /// End a person's membership of a group
    Remove(Change),
}

#[derive(Args)]
struct Of {
    /// User name
    username: String,
    /// Realm they live in
    #[arg(long, short = 'r')]
    realm: String,
    #[command(flatten)]
    server: Server,
}

#[derive(Args)]
struct Change {
    #[command(flatten)]
    of: Of,
    /// Path of the group, as /staff/support
    group: String,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.verb {
        Verb::List { of, json } => {
            let api = of.server.reach()?;
            let groups = api.get(&of.groups(&api).await?).await?;
            if json {
                return output::json(&groups);
            }
            table(&[("ID", "id"), ("PATH", "path")], &groups)
        }
        Verb::Add(Change { of, group }) => {
            let api = of.server.reach()?;
            let groups = of.groups(&api).await?;
            let found = api.group(&of.realm, &group).await?;
            api.put(&groups.part(id(&found))).await?;
            output::line(&format!("{} is in {group} now", of.username))
        }
        Verb::Remove(Change { of, group }) => {
            let api = of.server.reach()?;
            let groups = of.groups(&api).await?;
            let found = api.group(&of.realm, &group).await?;
            api.remove(&groups.part(id(&found))).await?;
            output::line(&format!("{} is not in {group} any more", of.username))
        }
    }
}

impl Of {
    /// Where the groups of the person are.
    async fn groups(&self, api: &Api) -> Result<Path, Failure> {
        let user = api.user(&self.realm, &self.username).await?;
        Ok(Path::realm(&self.realm).then("users").part(id(&user)).then("groups"))
    }
}
