//! `keyward client`: create, list, and rotate a secret.

use clap::{Args, Subcommand, ValueEnum};
use keyward_domain::Clock as _;
use keyward_domain::client::spec::ClientSpec;
use keyward_domain::client::{AccessTokenFormat, AccessTokenSettings, ClientSettings, ClientType};
use keyward_domain::id::RealmId;
use keyward_domain::policy::lifetime::{AccessTokenLifespan, LifespanError, SecurityProfile};
use keyward_domain::ports::Tx;
use keyward_domain::scope::{Mapper, ProtocolMapper, defaults};
use keyward_domain::secret::Secret;
use keyward_jose::Algorithm;
use keyward_server::admin::clients::{create, rotate_secret};
use serde::Serialize;

use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::output;
use crate::place::{self, Place};

mod list;
mod login;

use login::Login;

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Create a client. Prints its secret once
    Create(Box<Create>),
    /// List the clients of a realm
    List(list::List),
    /// Give a client a new secret; the one before works for a while longer, any older one ends at once
    RotateSecret(RotateSecret),
}

#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
struct Create {
    /// Realm it lives in
    #[arg(long)]
    realm: String,
    /// `client_id`
    #[arg(long)]
    id: String,
    /// What people see instead of its `client_id`
    #[arg(long)]
    name: Option<String>,
    /// A client that cannot keep a secret: no secret and no service account
    #[arg(long)]
    public: bool,
    #[command(flatten)]
    login: Login,
    /// Form of its access tokens
    #[arg(long, value_enum, default_value = "keycloak")]
    format: Format,
    /// Signature of its access tokens: RS256, PS256, ES256 or EdDSA; the realm's default when absent
    #[arg(long, value_parser = algorithm)]
    alg: Option<Algorithm>,
    /// Audience of its access tokens; repeat for several
    #[arg(long, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    audience: Vec<String>,
    /// Scope that it may ask for; repeat for several. The standard scopes come with it
    #[arg(long)]
    scope: Vec<String>,
    /// Seconds that its access tokens live
    #[arg(long)]
    lifespan: Option<u32>,
    /// Allow a lifespan of more than 15 minutes
    #[arg(long, requires = "lifespan")]
    long_lifespan: bool,
    /// Keep its tokens within 1 to 5 minutes
    #[arg(long, conflicts_with_all = ["lifespan", "long_lifespan"])]
    high_security: bool,
    #[command(flatten)]
    place: Place,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct RotateSecret {
    /// Realm it lives in
    #[arg(long)]
    realm: String,
    /// `client_id`
    #[arg(long)]
    id: String,
    /// Seconds that the old secret still works
    #[arg(long, default_value_t = 24 * 60 * 60)]
    overlap: u32,
    #[command(flatten)]
    place: Place,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// JWT in Keycloak's shape
    Keycloak,
    /// JWT by RFC 9068
    #[value(name = "at+jwt")]
    AtJwt,
    /// Reference that only the server can read
    Opaque,
}

fn algorithm(text: &str) -> Result<Algorithm, String> {
    Algorithm::parse(text).ok_or_else(|| "expected RS256, PS256, ES256 or EdDSA".into())
}

#[derive(Serialize)]
struct Shown<'a> {
    client_id: &'a str,
    client_secret: Option<&'a str>,
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.verb {
        Verb::Create(arguments) => run_create(*arguments).await,
        Verb::List(arguments) => list::run(arguments).await,
        Verb::RotateSecret(arguments) => run_rotate(arguments).await,
    }
}

async fn run_create(arguments: Create) -> Result<(), Failure> {
    let spec = ClientSpec::parse(&arguments.id, settings(&arguments)?)
        .map_err(|error| Failure::new(format!("{:?}: {error}", arguments.id)))?;
    let opened = arguments.place.open().await?;
    let mut tx = opened.store.write().await?;
    let realm = place::realm(&mut *tx, &arguments.realm).await?;
    let known = tx.scopes(realm.id).await?;
    if let Some(unknown) = arguments
        .scope
        .iter()
        .find(|name| !known.iter().any(|scope| scope.name == **name))
    {
        return Err(Failure::new(format!(
            "there is no scope {unknown:?} in realm {realm}. Make it with keyward scope create {unknown} --realm {realm}",
            realm = realm.name
        )));
    }
    let created = create::create(&mut *tx, &realm, spec, &opened.sealer, SystemClock.now()).await?;
    let absent = absent_audiences(&mut *tx, realm.id, &arguments.audience).await?;
    tx.commit().await?;
    for audience in absent {
        eprintln!(
            "keyward: there is no client {audience:?} in realm {}: nobody can introspect these tokens until there is one",
            realm.name
        );
    }
    show(
        &arguments.id,
        created.secret.as_ref().map(Secret::expose),
        arguments.json,
    )
}

/// The audiences that no client stands for. An API that checks tokens itself needs none, so this is no error.
async fn absent_audiences<'a>(
    tx: &mut dyn Tx,
    realm: RealmId,
    audiences: &'a [String],
) -> Result<Vec<&'a str>, Failure> {
    let mut absent = Vec::new();
    for audience in audiences {
        if tx.client_by_client_id(realm, audience).await?.is_none() {
            absent.push(audience.as_str());
        }
    }
    Ok(absent)
}

fn settings(arguments: &Create) -> Result<ClientSettings, Failure> {
    let lifespan = arguments.lifespan.map(|secs| {
        if arguments.long_lifespan {
            AccessTokenLifespan::long(secs)
        } else {
            AccessTokenLifespan::new(secs)
        }
    });
    let names = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    Ok(ClientSettings {
        client_type: if arguments.public {
            ClientType::Public
        } else {
            ClientType::Confidential
        },
        name: arguments.name.clone().unwrap_or_default(),
        service_account: !arguments.public,
        default_scopes: names(&defaults::DEFAULT),
        optional_scopes: names(&defaults::OPTIONAL)
            .into_iter()
            .chain(arguments.scope.iter().cloned())
            .collect(),
        mappers: arguments
            .audience
            .iter()
            .map(|audience| ProtocolMapper {
                name: format!("audience {audience}"),
                mapper: Mapper::Audience {
                    audience: audience.clone(),
                },
            })
            .collect(),
        access_token: AccessTokenSettings {
            format: match arguments.format {
                Format::Keycloak => AccessTokenFormat::Keycloak,
                Format::AtJwt => AccessTokenFormat::AtJwt,
                Format::Opaque => AccessTokenFormat::Opaque,
            },
            signature_algorithm: arguments.alg,
            lifespan: lifespan.transpose().map_err(|error| {
                Failure::new(format!(
                    "--lifespan: {error}{}",
                    if error == LifespanError::Long {
                        " (--long-lifespan)"
                    } else {
                        ""
                    }
                ))
            })?,
            profile: if arguments.high_security {
                SecurityProfile::High
            } else {
                SecurityProfile::Standard
            },
        },
        ..arguments.login.settings()?
    })
}

async fn run_rotate(arguments: RotateSecret) -> Result<(), Failure> {
    let opened = arguments.place.open().await?;
    let mut tx = opened.store.write().await?;
    let realm = place::realm(&mut *tx, &arguments.realm).await?;
    let client = tx.client_by_client_id(realm.id, &arguments.id).await?;
    let client =
        client.ok_or_else(|| Failure::new(format!("there is no client {:?} in realm {}", arguments.id, realm.name)))?;
    if client.settings.client_type == ClientType::Public {
        return Err(Failure::new(format!(
            "{:?} is a public client and has no secret",
            arguments.id
        )));
    }
    let overlap = i64::from(arguments.overlap);
    let secret =
        rotate_secret::rotate_secret(&mut *tx, &realm, &client, &opened.sealer, overlap, SystemClock.now()).await?;
    tx.commit().await?;
    show(&arguments.id, Some(secret.expose()), arguments.json)
}

fn show(client_id: &str, client_secret: Option<&str>, json: bool) -> Result<(), Failure> {
    if json {
        return output::json(&Shown {
            client_id,
            client_secret,
        });
    }
    match client_secret {
        Some(secret) => output::line(&format!("{client_id}  {secret}   (shown once)")),
        None => output::line(&format!("{client_id}  (public, no secret)")),
    }
}
