//! `keyward user set`.

use clap::Args;

use crate::admin_api::{Change, Members, Path, Server, id, text};
use crate::failure::Failure;

#[derive(Args)]
pub(super) struct Set {
    /// User name
    username: String,
    /// Realm they live in
    #[arg(long, short = 'r')]
    realm: String,
    /// Print the person as they are then in JSON
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
    let user = api.user(&arguments.realm, &arguments.username).await?;
    let path = Path::realm(&arguments.realm).then("users").part(id(&user));
    let before = api.get(&path).await?;
    let asked = arguments.members.over(before.clone())?;
    api.change(&path, &asked).await?;
    let done = format!("{} is changed", arguments.username);
    // They may have another name now.
    let username = text(&asked, "username").to_owned();
    let why = |member: &str| why(member, &username, &arguments.realm);
    let change = Change { before, asked };
    change.tell(&api, &path, arguments.json, &done, why).await
}

/// What changes a member that this does not change.
fn why(member: &str, username: &str, realm: &str) -> Option<String> {
    Some(match member {
        "id" => "it is given once".into(),
        "realmRoles" => format!("roles are given by keyward user roles add {username} ROLE --realm {realm}"),
        "clientRoles" => {
            format!("roles are given by keyward user roles add {username} ROLE --client CLIENT_ID --realm {realm}")
        }
        "groups" => format!("people enter groups by keyward user groups add {username} GROUP --realm {realm}"),
        "attributes" => format!(
            "the user profile of realm {realm} has no such attribute, or does not let it have this value. Add it to the \
             profile, or let its unmanagedAttributePolicy take attributes that it does not name"
        ),
        _ => return None,
    })
}
