//! The client credentials grant (RFC 6749 §4.4).

use std::borrow::Cow;
use std::sync::Arc;

use keyward_domain::policy::{audience, claims, scope};
use keyward_protocol::scope::Scope;

use super::TokenError;
use super::approval::Approval;
use super::mark::Mark;
use crate::http::client_auth::AuthenticatedClient;
use crate::snapshot::RealmSnapshot;

/// A token for the client itself, in the name of its service account. No refresh token and no ID token comes of it
/// (RFC 6749 §4.4.3), whatever the scope.
pub(crate) fn approve<'s>(
    caller: &AuthenticatedClient<'s>,
    realm: &RealmSnapshot,
    asked: Option<&Scope>,
    resources: &[String],
) -> Result<Approval<'s>, TokenError> {
    if !caller.is_confidential() {
        return Err(TokenError::PublicClient);
    }
    let client = caller.entry();
    let settings = &client.client.settings;
    let subject = client.service_account.as_ref().filter(|_| settings.service_account);
    let subject = subject.ok_or(TokenError::NoServiceAccount)?;
    if !subject.user.enabled {
        return Err(TokenError::ServiceAccountDisabled);
    }
    let mut plan = if let (None, Some(plan)) = (asked, &client.default_plan) {
        Cow::Borrowed(Arc::as_ref(plan))
    } else {
        let granted = scope::narrow(asked, &settings.default_scopes, &settings.optional_scopes)?;
        Cow::Owned(claims::access_token(realm.plan_input(client, subject, &granted)))
    };
    if !resources.is_empty() {
        let audience = std::mem::take(&mut plan.to_mut().audience);
        plan.to_mut().audience = audience::narrow(audience, resources)?;
    }
    Ok(Approval {
        client,
        subject: Arc::clone(subject),
        plan,
        mark: Mark::of_machine(client),
        given: None,
    })
}
