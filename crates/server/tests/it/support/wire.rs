//! Exchanges that were recorded on a real Keycloak (`tests/fixtures/README.md`).

use serde_json::Value;

use super::http::encode;
use super::{Connection, Node, Response};

/// One exchange.
pub(crate) struct Recorded {
    request: String,
    pub(crate) status: u16,
    pub(crate) body: Option<Value>,
    headers: Vec<(String, String)>,
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
            headers: head
                .lines()
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| {
                    (
                        name.to_ascii_lowercase(),
                        value.replace("realm=\"shop\"", "realm=\"demo\""),
                    )
                })
                .collect(),
        }
    }

    /// A header of the answer, the realm's name being the one that it has here.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The same exchange with other values of parameters; `bearer` stands for the token in the header.
    pub(crate) fn with(mut self, changes: &[(&str, &str)]) -> Self {
        for (name, value) in changes {
            if *name == "bearer" {
                self.request = self.request.replace("Bearer x", &format!("Bearer {value}"));
                continue;
            }
            let start = ["&", "?", "\n"].iter().find_map(|before| {
                let pair = format!("{before}{name}=");
                self.request.find(&pair).map(|at| at + pair.len())
            });
            let start = start.unwrap_or_else(|| panic!("no {name}: {}", self.request));
            let rest = &self.request[start..];
            let length = rest.find(['&', ' ', '\n']).unwrap_or(rest.len());
            self.request.replace_range(start..start + length, &encode(value));
        }
        self
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
