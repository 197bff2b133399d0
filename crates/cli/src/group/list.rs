//! `keyward group list`.

use clap::Args;
use serde_json::Value;

use crate::admin_api::{Api, Path, Server, id, table};
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(super) struct List {
    /// Realm they live in
    #[arg(long, short = 'r')]
    realm: String,
    /// Those alone in whose name this text stands, with those above them
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Print JSON: groups that are below others stand in their `subGroups`
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
}

/// The deepest groups that are looked for.
const DEEPEST: usize = 64;

pub(super) async fn run(arguments: List) -> Result<(), Failure> {
    let api = arguments.server.reach()?;
    let mut path = Path::realm(&arguments.realm).then("groups");
    if let Some(text) = &arguments.search {
        path = path.with("search", text);
    }
    let mut groups = api.get(&path).await?;
    if arguments.search.is_none() {
        let mut level: Vec<&mut Value> = groups.as_array_mut().into_iter().flatten().collect();
        for _ in 0..DEEPEST {
            level = children(&api, &arguments.realm, level).await?;
            if level.is_empty() {
                break;
            }
        }
    }
    if arguments.json {
        return output::json(&groups);
    }
    let mut flat = Vec::new();
    flatten(&groups, &mut flat);
    table(&[("ID", "id"), ("PATH", "path")], &Value::Array(flat))
}

/// Puts the groups below some into their `subGroups`, which the API leaves empty. Returns them.
async fn children<'g>(api: &Api, realm: &str, groups: Vec<&'g mut Value>) -> Result<Vec<&'g mut Value>, Failure> {
    let mut below = Vec::new();
    for group in groups {
        if group.get("subGroupCount").and_then(Value::as_u64).unwrap_or(0) == 0 {
            continue;
        }
        let path = Path::realm(realm).then("groups").part(id(group)).then("children");
        let found = api.get(&path.with("max", "10000")).await?;
        if let Some(members) = group.as_object_mut() {
            let place = members.entry("subGroups").or_insert(Value::Null);
            *place = found;
            below.extend(place.as_array_mut().into_iter().flatten());
        }
    }
    Ok(below)
}

/// Every group before those below it.
fn flatten(groups: &Value, into: &mut Vec<Value>) {
    for group in groups.as_array().into_iter().flatten() {
        into.push(group.clone());
        if let Some(below) = group.get("subGroups") {
            flatten(below, into);
        }
    }
}
