//! `keyward realm export`.

use std::path::PathBuf;

use clap::Args;
use keyward_domain::Clock as _;
use keyward_server::admin::realms::export::{self, Extent, Part, Source};
use serde_json::Value;

use crate::admin_api::{Api, Path, Reached, Target};
use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::place::{self, Opened};
use crate::{output, private_file};

#[derive(Args)]
pub(super) struct Export {
    /// Its name
    name: String,
    /// New file to write into, which only its owner may read; stdout when absent
    #[arg(long, short = 'o', value_name = "FILE")]
    out: Option<PathBuf>,
    /// Leave the users out, as it always is over the admin API
    #[arg(long)]
    without_users: bool,
    #[command(flatten)]
    target: Target,
}

pub(super) async fn run(arguments: Export) -> Result<(), Failure> {
    let (realm, told) = match arguments.target.reach().await? {
        Reached::Database(opened) => (whole(&arguments, &opened).await?, WHOLE),
        Reached::Server(api) => (partial(&arguments.name, &api).await?, PARTIAL),
    };
    let text = serde_json::to_string_pretty(&realm).map_err(|error| Failure::new(error.to_string()))?;
    match &arguments.out {
        None => output::line(&text)?,
        Some(file) => private_file::create(file, format!("{text}\n").as_bytes())
            .map_err(|error| Failure::path("write the realm into", file, &error))?,
    }
    eprintln!("{told}");
    Ok(())
}

const WHOLE: &str = "secrets, password hashes and private keys are in it: keep it like one";

const PARTIAL: &str = "this is a part: a server gives no users away and masks secrets. The whole realm comes from its \
                       database, with --config (keyward serve) or --data (keyward dev)";

async fn whole(arguments: &Export, opened: &Opened) -> Result<Value, Failure> {
    let mut tx = opened.store.read().await?;
    let realm = place::realm(opened, &mut *tx, &arguments.name).await?;
    let source = Source {
        public_url: &arguments.target.public_url()?,
        sealer: &opened.sealer,
        now: SystemClock.now(),
    };
    let extent = Extent {
        users: if arguments.without_users {
            Part::Skip
        } else {
            Part::Whole
        },
        ..Extent::WHOLE
    };
    Ok(export::export(&mut *tx, &realm, source, extent).await?)
}

async fn partial(name: &str, api: &Api) -> Result<Value, Failure> {
    let path = Path::realm(name).then("partial-export").with("exportClients", "true");
    api.act(&path.with("exportGroupsAndRoles", "true")).await
}
