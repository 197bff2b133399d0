//! `keyward realm set`.

use clap::Args;

use crate::admin_api::{Change, Members, Path, Server, text};
use crate::failure::Failure;

#[derive(Args)]
pub(super) struct Set {
    /// Its name
    name: String,
    /// Print the realm as it is then in JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    members: Members,
    #[command(flatten)]
    server: Server,
}

pub(super) async fn run(arguments: Set) -> Result<(), Failure> {
    arguments.members.some()?;
    let api = arguments.server.reach()?;
    let path = Path::realm(&arguments.name);
    let before = api.get(&path).await?;
    let asked = arguments.members.over(before.clone())?;
    api.change(&path, &asked).await?;
    // It may have another name now.
    let name = match text(&asked, "realm") {
        "" => arguments.name.clone(),
        name => name.to_owned(),
    };
    let done = format!("realm {name} is changed");
    let change = Change { before, asked };
    let why = |member: &str| why(member, &name);
    change.tell(&api, &Path::realm(&name), arguments.json, &done, why).await
}

/// What changes a member that this does not change.
fn why(member: &str, realm: &str) -> Option<String> {
    let noun = match member {
        "id" => return Some("it is given once".into()),
        "users" => "user",
        "clients" => "client",
        "roles" => "role",
        "groups" => "group",
        "clientScopes" => "scope",
        _ => return None,
    };
    Some(format!("they are made by keyward {noun} create --realm {realm}"))
}
