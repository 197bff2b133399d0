//! Users with everything of theirs.

use keyward_domain::Fault;
use keyward_domain::credential::{Otp, otp_binding};
use keyward_domain::group;
use keyward_domain::ports::Tx;
use keyward_domain::ports::users::{Paging, UserQuery};
use keyward_domain::user::User;
use serde_json::{Map, Value, json};

use super::{Context, Part, Secrets};
use crate::admin::keycloak::consent::UserConsentRepresentation;
use crate::admin::keycloak::credential::CredentialRepresentation;
use crate::admin::keycloak::user::{FederatedIdentityRepresentation, UserView};

/// Users that are read at once.
const BATCH: i64 = 500;

/// All of them, by user name.
pub(super) async fn all(tx: &mut dyn Tx, context: &Context<'_>) -> Result<Value, Fault> {
    let query = UserQuery {
        with_service_accounts: true,
        ..UserQuery::default()
    };
    let mut shown = Vec::new();
    let mut first = 0;
    loop {
        let paging = Paging { first, max: BATCH };
        let some = tx.users(context.realm.id, &query, paging).await?;
        if some.is_empty() {
            return Ok(Value::Array(shown));
        }
        first += BATCH;
        let only_accounts = context.extent.users == Part::ServiceAccounts;
        for user in some
            .into_iter()
            .filter(|user| !only_accounts || user.service_account_of.is_some())
        {
            shown.push(one(tx, context, &user).await?);
        }
    }
}

async fn one(tx: &mut dyn Tx, context: &Context<'_>, user: &User) -> Result<Value, Fault> {
    let book = &context.book;
    let otps = tx.otps(user.id).await?;
    let mut view = match json!(UserView::of(user.clone(), !otps.is_empty())) {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    let credentials = credentials(tx, context, user, &otps).await?;
    view.insert("credentials".into(), json!(credentials));
    let names = book.names(tx.assigned_roles(user.id).await?);
    view.insert("realmRoles".into(), json!(names.realm));
    if !names.clients.is_empty() {
        view.insert("clientRoles".into(), json!(names.clients));
    }
    let joined = tx.groups_of_user(user.id).await?;
    let known = joined.into_iter().filter(|id| book.group(*id).is_some());
    let mut paths: Vec<String> = known.map(|id| group::path(id, book.groups())).collect();
    paths.sort();
    view.insert("groups".into(), json!(paths));
    if let Some(client_id) = user.service_account_of.and_then(|client| book.client_id(client)) {
        view.insert("serviceAccountClientId".into(), client_id.into());
    }
    let identities = tx.federated_identities(user.id).await?;
    if !identities.is_empty() {
        let views: Vec<_> = identities.iter().map(FederatedIdentityRepresentation::from).collect();
        view.insert("federatedIdentities".into(), json!(views));
    }
    let mut consents: Vec<(&str, _)> = Vec::new();
    for consent in tx.consents(user.id).await? {
        if let Some(client_id) = book.client_id(consent.client) {
            consents.push((client_id, UserConsentRepresentation::of(&consent, client_id)));
        }
    }
    if !consents.is_empty() {
        consents.sort_by_key(|(client_id, _)| *client_id);
        let views: Vec<_> = consents.into_iter().map(|(_, view)| view).collect();
        view.insert("clientConsents".into(), json!(views));
    }
    Ok(Value::Object(view))
}

async fn credentials(
    tx: &mut dyn Tx,
    context: &Context<'_>,
    user: &User,
    otps: &[Otp],
) -> Result<Vec<CredentialRepresentation>, Fault> {
    let mut views = Vec::new();
    if let Some(password) = tx.password(user.id).await? {
        let view = CredentialRepresentation::of_password(&password);
        views.push(view.map_err(|error| Fault::Corrupt(format!("password {}: {error}", password.id)))?);
    }
    for otp in otps {
        let binding = otp_binding(context.realm.id, otp.id);
        let secret = context.source.sealer.open(&binding, &otp.sealed);
        let secret = secret.map_err(|error| Fault::Crypto(format!("device {}: {error}", otp.id)))?;
        views.push(CredentialRepresentation::of_otp(otp, &secret));
    }
    if context.extent.secrets == Secrets::Masked {
        views = views
            .into_iter()
            .map(CredentialRepresentation::without_secret)
            .collect();
    }
    Ok(views)
}
