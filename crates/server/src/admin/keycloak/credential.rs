//! `CredentialRepresentation`: a password or an authenticator app. What is in one, the domain knows.

use keyward_domain::Fault;
use keyward_domain::credential::{Credential, Otp};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::admin::rest::AdminError;
use crate::admin::rest::body::{self, Representation};

pub(crate) use keyward_domain::credential::keycloak::{CredentialRepresentation, Imported};

/// The members of a credential that came in, to find those that Keycloak does not know.
#[derive(Deserialize)]
struct Members {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl Representation for Members {
    const NAME: &'static str = "CredentialRepresentation";
    const KEPT: &'static [&'static str] = &[
        "algorithm",
        "config",
        "counter",
        "createdDate",
        "credentialData",
        "device",
        "digits",
        "federationLink",
        "hashIterations",
        "hashedSaltedValue",
        "id",
        "period",
        "priority",
        "salt",
        "secretData",
        "temporary",
        "type",
        "userLabel",
        "value",
    ];

    fn rest(&self) -> &Map<String, Value> {
        &self.all
    }
}

/// Reads the body of a request.
pub(crate) fn read(sent: &[u8]) -> Result<CredentialRepresentation, AdminError> {
    body::representation::<Members>(sent)?;
    body::json(sent)
}

/// A password as the admin API shows it.
pub(crate) fn of_password(credential: &Credential) -> Result<CredentialRepresentation, Fault> {
    CredentialRepresentation::of_password(credential)
        .map(CredentialRepresentation::without_secret)
        .map_err(|error| Fault::Corrupt(format!("password {}: {error}", credential.id)))
}

/// A one-time password device as the admin API shows it.
pub(crate) fn of_otp(otp: &Otp) -> CredentialRepresentation {
    CredentialRepresentation::of_otp(otp, &[]).without_secret()
}
