//! The options of a new client, and the settings that they stand for.

use clap::{Args, ValueEnum};
use keyward_domain::client::{AccessTokenFormat, AccessTokenSettings, ClientSettings, ClientType};
use keyward_domain::entropy;
use keyward_domain::id::MapperId;
use keyward_domain::policy::lifetime::{AccessTokenLifespan, LifespanError, SecurityProfile};
use keyward_domain::scope::{ProtocolMapper, defaults};
use keyward_jose::Algorithm;
use keyward_server::SystemEntropy;

use super::login::Login;
use crate::argument;
use crate::failure::Failure;

/// What a new client may do.
#[derive(Args)]
pub(super) struct Options {
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
    pub(super) audience: Vec<String>,
    /// Scope that it may ask for; repeat for several. The standard scopes come with it
    #[arg(long)]
    pub(super) scope: Vec<String>,
    /// Seconds that its access tokens live
    #[arg(long, value_parser = argument::number, allow_negative_numbers = true)]
    lifespan: Option<u32>,
    /// Allow a lifespan of more than 15 minutes
    #[arg(long, requires = "lifespan")]
    long_lifespan: bool,
    /// Keep its tokens within 1 to 5 minutes
    #[arg(long, conflicts_with_all = ["lifespan", "long_lifespan"])]
    high_security: bool,
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

impl Options {
    /// The settings.
    pub(super) fn settings(&self) -> Result<ClientSettings, Failure> {
        let lifespan = self.lifespan.map(|secs| {
            if self.long_lifespan {
                AccessTokenLifespan::long(secs)
            } else {
                AccessTokenLifespan::new(secs)
            }
        });
        let names = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        Ok(ClientSettings {
            client_type: if self.public {
                ClientType::Public
            } else {
                ClientType::Confidential
            },
            name: self.name.clone().unwrap_or_default(),
            service_account: !self.public,
            default_scopes: names(&defaults::DEFAULT),
            optional_scopes: names(&defaults::OPTIONAL)
                .into_iter()
                .chain(self.scope.iter().cloned())
                .collect(),
            mappers: self
                .audience
                .iter()
                .map(|audience| {
                    let id = MapperId(entropy::uuid(&mut SystemEntropy));
                    ProtocolMapper::audience(id, &format!("audience {audience}"), audience)
                })
                .collect(),
            access_token: AccessTokenSettings {
                format: match self.format {
                    Format::Keycloak => AccessTokenFormat::Keycloak,
                    Format::AtJwt => AccessTokenFormat::AtJwt,
                    Format::Opaque => AccessTokenFormat::Opaque,
                },
                signature_algorithm: self.alg,
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
                profile: if self.high_security {
                    SecurityProfile::High
                } else {
                    SecurityProfile::Standard
                },
                ..AccessTokenSettings::default()
            },
            ..self.login.settings()?
        })
    }
}
