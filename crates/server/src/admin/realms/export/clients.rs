//! Clients with their secrets.

use std::collections::BTreeMap;

use keyward_domain::Fault;
use keyward_domain::client::{Client, ClientType};
use keyward_domain::ports::Tx;
use keyward_domain::scope::ClientScope;
use serde_json::{Value, json};

use super::{Context, Secrets};
use crate::admin::clients::secrets;
use crate::admin::keycloak::client::{ClientRepresentation, Ground, ROTATED_SECRET, ROTATED_UNTIL};
use crate::admin::keycloak::shown_secret::ShownSecret;

/// All of them, by `client_id`.
pub(super) async fn all(
    tx: &mut dyn Tx,
    context: &Context<'_>,
    clients: &[Client],
    scopes: &[ClientScope],
) -> Result<Value, Fault> {
    let source = context.source;
    let mut opened = secrets::of_realm(tx, context.realm, source.sealer, source.now).await?;
    let ground = Ground {
        server: source.public_url,
        scopes: scopes
            .iter()
            .map(|scope| (scope.name.as_str(), scope.settings.protocol.as_str()))
            .collect::<BTreeMap<_, _>>(),
    };
    let mut clients: Vec<&Client> = clients.iter().collect();
    clients.sort_by(|one, other| one.client_id.cmp(&other.client_id));
    let mut shown = Vec::with_capacity(clients.len());
    for client in clients {
        let mut view = ClientRepresentation::of(client, &ground);
        if client.settings.client_type == ClientType::Confidential
            && let Some(secrets) = opened.remove(&client.id)
        {
            view.secret = secrets.current.map(ShownSecret::new);
            if let (Some(rotated), Some(attributes)) = (secrets.rotated, view.attributes.as_mut()) {
                let until = rotated.row.expires_at.map(|until| until.secs().to_string());
                attributes.insert(ROTATED_SECRET.into(), Some(rotated.secret.expose().to_owned()));
                attributes.insert(ROTATED_UNTIL.into(), until);
            }
        }
        shown.push(match context.extent.secrets {
            Secrets::Open => view,
            Secrets::Masked => view.masked(),
        });
    }
    Ok(json!(shown))
}
