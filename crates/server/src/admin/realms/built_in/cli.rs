//! The clients through which administration tools log in: what they may do, the roles of whoever logs in decide.

use keyward_domain::client::{ApplicationType, ClientType, Pkce};

use super::settings;
use crate::admin::realms::rows::RealmRows;

/// Keycloak's, for a password.
pub(super) const ADMIN_CLI: &str = "admin-cli";

/// Ours, for a browser: `keyward login` goes through it.
const KEYWARD_CLI: &str = "keyward-cli";

/// Where the browser goes back to: any port of the person's own machine. RFC 8252 §7.3
const BACK: &str = "http://127.0.0.1/callback";

/// Adds both.
pub(super) fn ours(rows: &mut RealmRows) {
    if rows.client(ADMIN_CLI).is_none() {
        let mut settings = settings::ours("Admin CLI");
        settings.client_type = ClientType::Public;
        settings.direct_access_grants = true;
        rows.add_client(ADMIN_CLI, settings);
    }
    for_browsers(rows);
}

/// Adds the one for a browser.
pub(super) fn for_browsers(rows: &mut RealmRows) {
    if rows.client(KEYWARD_CLI).is_none() {
        let mut settings = settings::ours("Keyward CLI");
        settings.client_type = ClientType::Public;
        settings.application_type = ApplicationType::Native;
        settings.standard_flow = true;
        settings.redirect_uris = vec![BACK.to_owned()];
        settings.pkce = Pkce::Required;
        rows.add_client(KEYWARD_CLI, settings);
    }
}
