//! Initial access tokens: who holds one may register clients (OIDC Registration §3).

use keyward_domain::document::{Document, DocumentKind};
use keyward_domain::entropy;
use keyward_domain::id::DocumentId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::registration::{Token, mint};
use crate::admin::keycloak::lenient;
use crate::admin::keycloak::shown_secret::ShownSecret;
use crate::admin::rest::body::Representation;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};
use crate::http::entropy::SystemEntropy;

/// `ClientInitialAccessCreatePresentation`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Wanted {
    #[serde(deserialize_with = "lenient::whole")]
    expiration: Option<i64>,
    #[serde(deserialize_with = "lenient::whole")]
    count: Option<i64>,
    web_origins: Option<Vec<String>>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl Representation for Wanted {
    const NAME: &'static str = "ClientInitialAccessCreatePresentation";
    const KEPT: &'static [&'static str] = &[];

    fn rest(&self) -> &Map<String, Value> {
        &self.rest
    }
}

/// `ClientInitialAccessPresentation`. Stored without the token.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct InitialAccess {
    id: String,
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    token: Option<ShownSecret>,
    timestamp: i64,
    /// Seconds that it works; 0 is for good.
    expiration: i64,
    count: i64,
    remaining_count: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    web_origins: Option<Vec<String>>,
}

/// `GET …/clients-initial-access`.
pub(super) async fn list(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.read().await?;
    let documents = tx.documents(call.realm_id()?, DocumentKind::InitialAccess).await?;
    let read = |document: Document| serde_json::from_value::<InitialAccess>(document.body).ok();
    let mut shown: Vec<InitialAccess> = documents.into_iter().filter_map(read).collect();
    shown.sort_by_key(|access| access.timestamp);
    Ok(Answer::json(&shown))
}

/// `POST …/clients-initial-access`. The token is in this answer and nowhere else.
pub(super) async fn create(call: &AdminCall) -> Result<Answer, AdminError> {
    let wanted: Wanted = call.representation()?;
    let expiration = wanted.expiration.unwrap_or(0);
    let count = wanted.count.unwrap_or(1);
    if expiration < 0 {
        return Err(AdminError::InvalidInput(
            "Invalid value for expiration",
            "The expiration time interval cannot be less than 0".into(),
        ));
    }
    if count < 0 {
        let text = "The count cannot be less than 0";
        return Err(AdminError::InvalidInput("Invalid value for count", text.into()));
    }
    let id = DocumentId(entropy::uuid(&mut SystemEntropy));
    let now = call.cx.now.secs();
    let mut access = InitialAccess {
        id: id.to_string(),
        token: None,
        timestamp: now,
        expiration,
        count,
        remaining_count: count,
        web_origins: wanted.web_origins,
    };
    let document = Document {
        id,
        realm: call.realm_id()?,
        kind: DocumentKind::InitialAccess,
        name: id.to_string(),
        body: serde_json::to_value(&access).unwrap_or_default(),
    };
    let mut tx = call.write().await?;
    tx.insert_document(&document).await?;
    let path = format!("clients-initial-access/{id}");
    let done = Done::new(Operation::Create, "CLIENT_INITIAL_ACCESS_MODEL", path).of_nothing();
    call.commit(tx, done).await?;
    access.token = Some(mint(
        call,
        &Token {
            id: &access.id,
            kind: "InitialAccessToken",
            expires_at: if expiration == 0 {
                0
            } else {
                now.saturating_add(expiration)
            },
            registration_auth: None,
            allowed_origins: access.web_origins.as_deref(),
        },
    )?);
    Ok(Answer::created_with(&call.url(&access.id), &access))
}

/// `DELETE …/clients-initial-access/{id}`: one that is not there is no error, as in Keycloak.
pub(super) async fn delete(call: &AdminCall) -> Result<Answer, AdminError> {
    if let Ok(id) = call.param("id").parse::<DocumentId>() {
        let mut tx = call.write().await?;
        if tx
            .delete_document(call.realm_id()?, DocumentKind::InitialAccess, id)
            .await?
        {
            let path = format!("clients-initial-access/{id}");
            let done = Done::new(Operation::Delete, "CLIENT_INITIAL_ACCESS_MODEL", path).of_nothing();
            call.commit(tx, done).await?;
        }
    }
    Ok(Answer::no_content())
}
