//! Where a person goes when everything is done.

use keyward_domain::client::redirect_uri;

use super::token::ActionToken;
use crate::snapshot::RealmSnapshot;

/// An application, and where in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Redirect {
    /// `client_id`.
    pub(crate) client: Option<String>,
    /// One of the client's redirect URIs.
    pub(crate) uri: Option<String>,
}

/// Name and address of the application that a link leads back to, as the realm knows it now.
pub(super) fn back<'r>(realm: &'r RealmSnapshot, redirect: &'r Redirect) -> Option<(&'r str, &'r str)> {
    let client = &realm.clients.get(redirect.client.as_deref()?)?.client;
    if !client.enabled {
        return None;
    }
    let settings = &client.settings;
    let asked = redirect
        .uri
        .as_deref()
        .filter(|uri| redirect_uri::matches(uri, settings));
    Some((client.shown_name(), asked.or(settings.home_url.as_deref())?))
}

impl From<&ActionToken> for Redirect {
    fn from(token: &ActionToken) -> Self {
        Self {
            client: token.azp.clone(),
            uri: token.reduri.clone(),
        }
    }
}
