//! The keys of a realm as its administrators see them.

use std::collections::BTreeMap;

use keyward_jose::{KeyType, digest};
use serde_json::{Value, json};

use crate::admin::components::keys::{RealmKey, RealmKeys, Row, open, signer};
use crate::admin::documents::set;
use crate::admin::rest::{AdminCall, AdminError, Answer, Need, Offered, Route, route};

pub(crate) static ROUTES: &[Route] = &[route!(GET "/admin/realms/{realm}/keys", Need::ViewRealm, Offered::Full, show)];

/// `GET …/keys`: the public half of each, and which one signs each algorithm.
async fn show(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.read().await?;
    let RealmKeys { mut keys, .. } = RealmKeys::read(&mut *tx, call.realm_id()?, call.cx.now).await?;
    keys.sort_by_key(|key| (-key.priority(), key.provider()));
    let rows: Vec<&Row> = keys.iter().map(|key| &key.row).collect();
    let active: BTreeMap<&str, &str> = rows
        .iter()
        .filter_map(|row| {
            let sort = row.sort();
            let alike = rows.iter().copied().filter(|other| other.sort() == sort);
            Some((sort.algorithm(), signer(alike, call.cx.now)?.kid()))
        })
        .collect();
    let mut shown = Vec::new();
    for key in &keys {
        shown.push(view(call, key)?);
    }
    Ok(Answer::json(&json!({ "active": active, "keys": shown })))
}

fn view(call: &AdminCall, key: &RealmKey) -> Result<Value, AdminError> {
    let mut view = json!({
        "providerId": key.provider(),
        "providerPriority": key.priority(),
        "kid": key.row.kid(),
        "status": if key.is_active() { "ACTIVE" } else { "PASSIVE" },
        "type": "OCT",
        "algorithm": key.row.sort().algorithm(),
        "use": "SIG",
    });
    let Row::Signing(record) = &key.row else {
        return Ok(view);
    };
    let signing = open(record, &call.app.sealer)?;
    set(
        &mut view,
        "type",
        match signing.key_type() {
            KeyType::Rsa2048 => "RSA",
            KeyType::P256 => "EC",
            KeyType::Ed25519 => "OKP",
        },
    );
    set(&mut view, "publicKey", digest::b64_encode(signing.public_der()));
    let name = call.realm()?.realm.name.as_str();
    if let Ok(made) = signing.self_signed_certificate(name, record.published_at.secs()) {
        let its = key
            .certificate()
            .map_or_else(|| digest::b64_encode(&made.der), str::to_owned);
        set(&mut view, "certificate", its);
        set(&mut view, "validTo", made.not_after_secs.saturating_mul(1000));
    }
    Ok(view)
}
