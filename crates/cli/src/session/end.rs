//! `keyward session end`.

use clap::Args;

use crate::admin_api::{Destructive, Path, Server};
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(super) struct End {
    /// Its id
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    id: Option<String>,
    /// Realm it lives in
    #[arg(long, short = 'r')]
    realm: String,
    /// It is an offline session
    #[arg(long, conflicts_with = "all")]
    offline: bool,
    /// End every session of the realm
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    destructive: Destructive,
    #[command(flatten)]
    server: Server,
}

pub(super) async fn run(arguments: End) -> Result<(), Failure> {
    let End { realm, offline, .. } = &arguments;
    let api = arguments.server.reach()?;
    let Some(id) = &arguments.id else {
        arguments
            .destructive
            .confirm(&format!("log everybody of realm {realm} out"))?;
        api.act(&Path::realm(realm).then("logout-all")).await?;
        return output::line(&format!("every session of realm {realm} has ended"));
    };
    let kind = if *offline { "offline session" } else { "session" };
    arguments
        .destructive
        .confirm(&format!("end the {kind} {id} of realm {realm}"))?;
    let path = Path::realm(realm).then("sessions").part(id);
    api.remove(&path.with("isOffline", if *offline { "true" } else { "false" }))
        .await?;
    output::line(&format!("session {id} has ended"))
}
