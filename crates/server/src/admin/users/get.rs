//! `GET users/{user}` and what is shown of it alone.

use keyward_domain::document::DocumentKind;
use keyward_domain::ports::Tx;
use keyward_domain::user::User;

use super::find::find;
use super::profile::{self, Rules, show};
use super::view;
use crate::admin::keycloak::user::FederatedIdentityRepresentation;
use crate::admin::rest::{AdminCall, AdminError, Answer};

/// Shows a user.
pub(super) async fn get(call: &AdminCall) -> Result<Answer, AdminError> {
    let realm = call.realm()?;
    let mut tx = call.read().await?;
    let user = find(call, &mut *tx).await?;
    let rules = Rules::read(&mut *tx, &realm.realm).await?;
    let has_code = !tx.otps(user.id).await?.is_empty();
    let mut view = view::full(call, &mut *tx, &rules, user.clone(), has_code).await?;
    view.access = Some(view::access(call, &mut *tx, &user).await?);
    let providers = providers(call, &mut *tx).await?;
    if !providers.is_empty() {
        view.federated_identities = Some(identities(&mut *tx, &user, &providers).await?);
    }
    if call.query.flag("userProfileMetadata") == Some(true) {
        view.user_profile_metadata = Some(profile::metadata(&rules, &user));
    }
    Ok(Answer::json(&view))
}

/// Shows the attributes that the profile configuration does not name.
pub(super) async fn unmanaged(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.read().await?;
    let user = find(call, &mut *tx).await?;
    let rules = Rules::read(&mut *tx, &call.realm()?.realm).await?;
    Ok(Answer::json(&show::unmanaged(&rules, &user)))
}

/// The aliases of the realm's identity providers.
pub(super) async fn providers(call: &AdminCall, tx: &mut dyn Tx) -> Result<Vec<String>, AdminError> {
    let documents = tx.documents(call.realm_id()?, DocumentKind::IdentityProvider).await?;
    Ok(documents.into_iter().map(|document| document.name).collect())
}

/// The logins of a user at these providers.
pub(super) async fn identities(
    tx: &mut dyn Tx,
    user: &User,
    providers: &[String],
) -> Result<Vec<FederatedIdentityRepresentation>, AdminError> {
    let identities = tx.federated_identities(user.id).await?;
    let known = identities
        .iter()
        .filter(|identity| providers.contains(&identity.provider));
    Ok(known.map(FederatedIdentityRepresentation::from).collect())
}
