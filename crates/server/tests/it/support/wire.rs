//! Exchanges that were recorded on a real Keycloak (`tests/fixtures/README.md`).

use serde_json::Value;

use super::{Connection, Node, Response};

/// One exchange.
pub(crate) struct Recorded {
    request: String,
    pub(crate) status: u16,
    pub(crate) body: Option<Value>,
}

impl Recorded {
    /// Reads a file: the request line, headers and body, an empty line, the status line, headers and body.
    pub(crate) fn read(name: &str) -> Self {
        let path = format!("{}/tests/fixtures/keycloak/{name}.txt", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        let (request, answer) = text.split_once("\nHTTP/1.1 ").unwrap();
        let (head, body) = answer.split_once("\n\n").unwrap_or((answer, ""));
        let body = body.trim();
        Self {
            // The realm has another name here.
            request: request.trim_end().replace("/realms/shop/", "/realms/demo/"),
            status: head[..3].parse().unwrap(),
            body: (!body.is_empty()).then(|| serde_json::from_str(body).unwrap()),
        }
    }

    /// Sends the request again.
    pub(crate) async fn replay(&self, node: &Node) -> Response {
        let (head, body) = self.request.split_once("\n\n").unwrap_or((&self.request, ""));
        let head = head.replace('\n', "\r\n");
        let wire = format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        let mut connection = Connection::open(node.address).await;
        connection.write(wire.as_bytes()).await;
        connection.read().await.unwrap()
    }
}
