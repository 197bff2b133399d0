//! `keyward realm import`.

use std::path::PathBuf;

use clap::Args;
use keyward_server::admin::realms::import::Report;
use serde::Deserialize as _;
use serde_json::value::RawValue;

use crate::admin_api::{Api, Path, Reached, Target, plain, realm_exists_in};
use crate::failure::Failure;
use crate::output;
use crate::place::Opened;
use crate::realm_file::{self, RealmText};

#[derive(Args)]
pub(super) struct Import {
    /// File with a realm, or with a list of them; - for stdin. Or the folder of a Keycloak export. `${NAME}` in it is
    /// the value of the environment
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// File with more users of the realm, as Keycloak's export of many users has beside it; repeat for several. On a
    /// database alone
    #[arg(long, value_name = "FILE")]
    users: Vec<PathBuf>,
    #[command(flatten)]
    target: Target,
}

pub(super) async fn run(arguments: Import) -> Result<(), Failure> {
    let target = &arguments.target;
    match target.reach().await? {
        Reached::Database(opened) => in_database(&arguments, &target.public_url()?, &opened).await,
        Reached::Server(api) if arguments.users.is_empty() => {
            for file in RealmText::read_all(&arguments.file)? {
                over_api(&file, &api).await?;
            }
            Ok(())
        }
        Reached::Server(_) => Err(Failure::new("--users works on a database alone: name it with --config")),
    }
}

async fn in_database(arguments: &Import, public_url: &str, opened: &Opened) -> Result<(), Failure> {
    let files = match arguments.users.as_slice() {
        [] => RealmText::read_all(&arguments.file)?,
        users => vec![RealmText::read(&arguments.file, users)?],
    };
    for file in &files {
        for realm in file.realms()? {
            let name = realm.name().unwrap_or_default();
            let imported = realm_file::import_one(realm, opened, public_url).await?;
            let imported = imported.ok_or_else(|| Failure::new(realm_exists_in(&opened.named, &name)))?;
            tell(&imported.report);
            done(imported.realm.name.as_str())?;
        }
    }
    Ok(())
}

async fn over_api(file: &RealmText, api: &Api) -> Result<(), Failure> {
    let (name, text) = (file.name(), file.text());
    let malformed = |error: &serde_json::Error| {
        let (line, column) = (error.line(), error.column());
        Failure::new(format!("{name} is no JSON of a realm: line {line} column {column}"))
    };
    // As they are: reading numbers could change them.
    let realms: Vec<&RawValue> = if text.trim_start().starts_with('[') {
        serde_json::from_str(text).map_err(|error| malformed(&error))?
    } else {
        vec![serde_json::from_str(text).map_err(|error| malformed(&error))?]
    };
    if realms.is_empty() {
        return Err(realm_file::holds_none(name));
    }
    for realm in realms {
        #[derive(serde::Deserialize)]
        struct Named {
            realm: String,
        }
        let Ok(Named { realm: name }) = serde_json::from_str(realm.get()) else {
            return Err(Failure::new(format!(
                "{name}: the member realm is no name, or is missing"
            )));
        };
        let path = Path::realms().with("report", "true");
        let answer = api.make_from(&path, realm.get().to_owned()).await?;
        // Keycloak, and what is older, tell nothing.
        if let Ok(report) = Report::deserialize(&answer) {
            tell(&report);
        }
        done(&name)?;
    }
    Ok(())
}

fn tell(report: &Report) {
    for note in &report.notes {
        eprintln!("{}", plain(&note.to_string()));
    }
    if report.more > 0 {
        eprintln!("and {} more of these", report.more);
    }
}

fn done(name: &str) -> Result<(), Failure> {
    output::line(&format!("realm {name} is imported"))
}
