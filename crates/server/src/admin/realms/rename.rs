//! What follows a realm to its new name: the addresses of the server's own clients.

use keyward_domain::Fault;
use keyward_domain::client::Client;
use keyward_domain::ports::Tx;
use keyward_domain::realm::Realm;
use serde_json::Value;

/// The clients whose addresses hold the name of their realm, as in Keycloak.
const CLIENTS: [&str; 3] = ["account", "account-console", "security-admin-console"];

/// Lets them follow. The realm has its new name already.
pub(super) async fn follow(tx: &mut dyn Tx, realm: &Realm, before: &str) -> Result<(), Fault> {
    for client_id in CLIENTS {
        let Some(client) = tx.client_by_client_id(realm.id, client_id).await? else {
            continue;
        };
        let renamed = renamed(client.clone(), before, realm.name.as_str());
        if renamed != client {
            tx.update_client(&renamed).await?;
        }
    }
    Ok(())
}

fn renamed(mut client: Client, before: &str, name: &str) -> Client {
    let follow = |text: &mut String| {
        for start in ["/realms/", "/admin/"] {
            *text = text.replace(&format!("{start}{before}/"), &format!("{start}{name}/"));
        }
    };
    let settings = &mut client.settings;
    settings.redirect_uris.iter_mut().for_each(follow);
    settings.post_logout_redirect_uris.iter_mut().for_each(follow);
    settings.home_url.iter_mut().for_each(follow);
    for member in ["baseUrl", "redirectUris"] {
        match settings.kept.get_mut(member) {
            Some(Value::String(text)) => follow(text),
            Some(Value::Array(list)) => list.iter_mut().for_each(|item| {
                if let Value::String(text) = item {
                    follow(text);
                }
            }),
            _ => {}
        }
    }
    client
}
