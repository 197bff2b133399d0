//! `keyward client secret`.

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::admin_api::{Api, Path, Server, id};
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Print it
    Show(Secret),
    /// Give the client a new one and print it. The one before ends at once, unless the realm's client policies let it go
    /// on. keyward client rotate-secret works on a database too, where it goes on for a while
    Rotate(Secret),
}

#[derive(Args)]
struct Secret {
    /// `client_id`
    client_id: String,
    /// Realm it lives in
    #[arg(long, short = 'r')]
    realm: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let (Verb::Show(of) | Verb::Rotate(of)) = &arguments.verb;
    let api = of.server.reach()?;
    let path = path(&api, &of.realm, &of.client_id).await?;
    let credential = match &arguments.verb {
        Verb::Show(_) => api.get(&path).await?,
        Verb::Rotate(_) => api.act(&path).await?,
    };
    if of.json {
        return output::json(&credential);
    }
    // It alone, for `$(…)`.
    output::line(&value(&credential, &of.client_id)?)
}

/// Gives a client a new one over the admin API.
pub(super) async fn rotate(api: &Api, realm: &str, client_id: &str) -> Result<String, Failure> {
    let path = path(api, realm, client_id).await?;
    value(&api.act(&path).await?, client_id)
}

async fn path(api: &Api, realm: &str, client_id: &str) -> Result<Path, Failure> {
    let client = api.client(realm, client_id).await?;
    if client.get("publicClient") == Some(&Value::Bool(true)) {
        return Err(Failure::new(format!(
            "{client_id:?} is a public client and has no secret"
        )));
    }
    Ok(Path::realm(realm)
        .then("clients")
        .part(id(&client))
        .then("client-secret"))
}

fn value(credential: &Value, client_id: &str) -> Result<String, Failure> {
    let value = credential.get("value").and_then(Value::as_str);
    value
        .map(str::to_owned)
        .ok_or_else(|| Failure::new(format!("client {client_id:?} has no secret")))
}
