//! `keyward user list`.

use clap::Args;

use crate::admin_api::{Path, Server, table};
use crate::argument;
use crate::failure::Failure;
use crate::output;

#[derive(Args)]
pub(super) struct List {
    /// Realm they live in
    #[arg(long, short = 'r')]
    realm: String,
    /// Those alone whose user name, mail address, first or last name begins with TEXT; *TEXT* stands anywhere in it, and
    /// "TEXT" is the whole. Several words must each be found
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// How many to leave out at the beginning
    #[arg(long, default_value_t = 0, value_parser = argument::number, allow_negative_numbers = true)]
    first: u32,
    /// How many to list at most
    #[arg(long, default_value_t = 100, value_parser = argument::number, allow_negative_numbers = true)]
    max: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
}

pub(super) async fn run(arguments: List) -> Result<(), Failure> {
    let api = arguments.server.reach()?;
    let (first, max) = (arguments.first.to_string(), arguments.max.to_string());
    let mut path = Path::realm(&arguments.realm)
        .then("users")
        .with("first", &first)
        .with("max", &max);
    if let Some(text) = &arguments.search {
        path = path.with("search", text);
    }
    let users = api.get(&path).await?;
    if arguments.json {
        return output::json(&users);
    }
    let columns = [
        ("ID", "id"),
        ("USERNAME", "username"),
        ("EMAIL", "email"),
        ("FIRST NAME", "firstName"),
        ("LAST NAME", "lastName"),
        ("ENABLED", "enabled"),
    ];
    table(&columns, &users)?;
    if arguments.max > 0 && users.as_array().map_or(0, Vec::len) >= arguments.max as usize {
        let next = arguments.first.saturating_add(arguments.max);
        eprintln!("there may be more: --first {next}");
    }
    Ok(())
}
