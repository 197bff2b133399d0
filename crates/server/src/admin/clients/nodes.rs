//! Nodes of an application, and telling it what was revoked: both at its admin URL, where this server sends nothing.

use std::collections::BTreeMap;

use keyward_domain::client::Client;
use serde_json::{Value, json};

use super::{find, protect};
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Need, Offered, Operation, Route, route};

const NODES: &str = "registeredNodes";

pub(super) static ROUTES: [Route; 4] = [
    route!(
        POST "/admin/realms/{realm}/clients/{client}/nodes",
        Need::ManageClients,
        Offered::DataOnly,
        add
    ),
    route!(
        DELETE "/admin/realms/{realm}/clients/{client}/nodes/{node}",
        Need::ManageClients,
        Offered::DataOnly,
        remove
    ),
    route!(
        GET "/admin/realms/{realm}/clients/{client}/test-nodes-available",
        Need::ManageClients,
        Offered::DataOnly,
        test
    ),
    route!(
        POST "/admin/realms/{realm}/clients/{client}/push-revocation",
        Need::ManageClients,
        Offered::DataOnly,
        push_revocation
    ),
];

/// `POST …/nodes`
async fn add(call: &AdminCall) -> Result<Answer, AdminError> {
    protect::require_changeable(call, &find::entry(call)?.client)?;
    let sent: BTreeMap<String, Value> = call.json()?;
    let node = sent.get("node").and_then(Value::as_str);
    let node = node.ok_or_else(|| AdminError::BadRequest("Node not found in params".into()))?;
    let mut tx = call.write().await?;
    let mut client = find::row(call, &mut *tx).await?;
    let mut nodes = nodes(&client);
    nodes.insert(node.to_owned(), call.cx.now.secs());
    client.settings.kept.insert(NODES.to_owned(), json!(nodes));
    tx.update_client(&client).await?;
    let path = format!("clients/{}/nodes/{node}", client.id);
    call.commit(tx, Done::new(Operation::Create, "CLUSTER_NODE", path))
        .await?;
    Ok(Answer::no_content())
}

/// `DELETE …/nodes/{node}`
async fn remove(call: &AdminCall) -> Result<Answer, AdminError> {
    protect::require_changeable(call, &find::entry(call)?.client)?;
    let mut tx = call.write().await?;
    let mut client = find::row(call, &mut *tx).await?;
    let mut nodes = nodes(&client);
    if nodes.remove(call.param("node")).is_none() {
        return Err(AdminError::not_found("Client does not have node "));
    }
    if nodes.is_empty() {
        client.settings.kept.remove(NODES);
    } else {
        client.settings.kept.insert(NODES.to_owned(), json!(nodes));
    }
    tx.update_client(&client).await?;
    call.commit(tx, Done::new(Operation::Delete, "CLUSTER_NODE", call.resource_path()))
        .await?;
    Ok(Answer::no_content())
}

fn nodes(client: &Client) -> BTreeMap<String, i64> {
    let kept = client.settings.kept.get(NODES).cloned();
    kept.and_then(|kept| serde_json::from_value(kept).ok())
        .unwrap_or_default()
}

/// `GET …/test-nodes-available`: none was reached.
async fn test(call: &AdminCall) -> Result<Answer, AdminError> {
    let client = &find::entry(call)?.client;
    let failed: Vec<String> = match admin_url(client) {
        Some(url) => nodes(client).keys().map(|node| at_node(&url, node)).collect(),
        None => Vec::new(),
    };
    Ok(reached_none(&failed))
}

/// `POST …/push-revocation`: nobody was told. Guards and applications learn of revocations by asking.
async fn push_revocation(call: &AdminCall) -> Result<Answer, AdminError> {
    let client = &find::entry(call)?.client;
    let failed: Vec<String> = admin_url(client).into_iter().collect();
    Ok(reached_none(&failed))
}

/// What is answered to telling every client of the realm: the address of each that has one, as not reached.
pub(crate) fn told_no_client(call: &AdminCall) -> Result<Answer, AdminError> {
    let clients = call.realm()?.clients.values();
    let mut failed: Vec<(&str, String)> = clients
        .filter_map(|entry| Some((entry.client.client_id.as_str(), admin_url(&entry.client)?)))
        .collect();
    failed.sort_unstable();
    let failed: Vec<String> = failed.into_iter().map(|(_, url)| url).collect();
    Ok(reached_none(&failed))
}

fn reached_none(failed: &[String]) -> Answer {
    match failed {
        [] => Answer::json(&json!({})),
        failed => Answer::json(&json!({ "failedRequests": failed })),
    }
}

/// Where a client would like to be told; a path is one below its root.
fn admin_url(client: &Client) -> Option<String> {
    let kept = |name| client.settings.kept.get(name).and_then(Value::as_str);
    let url = kept("adminUrl").filter(|url| !url.is_empty())?;
    let root = kept("rootUrl").filter(|_| url.starts_with('/')).unwrap_or_default();
    Some(format!("{}{url}", root.trim_end_matches('/')))
}

/// The admin URL with another host.
fn at_node(url: &str, node: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let end = rest.find([':', '/', '?']).unwrap_or(rest.len());
    format!("{scheme}://{node}{}", rest.get(end..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::at_node;

    #[test]
    fn a_node_stands_in_for_the_host() {
        assert_eq!(at_node("http://a.example:9/x", "n1"), "http://n1:9/x");
        assert_eq!(at_node("https://a.example", "n1"), "https://n1");
    }
}
