use std::net::SocketAddr;

use serde::Deserialize;
use serde_json::Value;

use crate::Failure;
use crate::connection::{Answer, Connection};
use crate::flow::Person;
use crate::request;
use crate::server::Server;

const TOKEN: &str = "/realms/master/protocol/openid-connect/token";

/// The administrator of the realm master with a fresh token, which is good for a minute.
#[derive(Clone)]
pub(super) struct Administrator {
    server: SocketAddr,
    authorization: String,
}

#[derive(Deserialize)]
struct Tokens {
    access_token: String,
}

impl Administrator {
    /// Logs in as scripts do: by password, through `admin-cli`.
    pub(super) async fn log_in(server: &Server) -> Result<Self, Failure> {
        let Person { username, password } = server.administrator();
        let fields = [
            ("grant_type", "password"),
            ("client_id", "admin-cli"),
            ("username", username),
            ("password", password),
        ];
        let request = request::post(server.address, TOKEN, &fields, &[]);
        let mut connection = Connection::open(server.address).await?;
        let tokens: Tokens = serde_json::from_slice(connection.exchange(&request).await?.ok()?)?;
        Ok(Self {
            server: server.address,
            authorization: format!("Bearer {}", tokens.access_token),
        })
    }

    /// The bytes of a GET request below `/admin`.
    pub(super) fn get(&self, path: &str) -> Vec<u8> {
        let path = format!("/admin{path}");
        request::get(self.server, &path, &[("Authorization", &self.authorization)])
    }

    /// The bytes of a request with a body.
    pub(super) fn send(&self, method: &str, path: &str, body: &Value) -> Vec<u8> {
        let path = format!("/admin{path}");
        let headers = [("Authorization", self.authorization.as_str())];
        request::json(method, self.server, &path, body, &headers)
    }

    /// Asks once and reads the answer.
    pub(super) async fn read(&self, path: &str) -> Result<Value, Failure> {
        let mut connection = Connection::open(self.server).await?;
        let answer = connection.exchange(&self.get(path)).await?;
        Ok(serde_json::from_slice(answer.ok()?)?)
    }

    /// Makes one thing.
    pub(super) async fn create(&self, path: &str, body: &Value) -> Result<(), Failure> {
        let mut connection = Connection::open(self.server).await?;
        let answer: Answer<'_> = connection.exchange(&self.send("POST", path, body)).await?;
        answer.expect(201)
    }
}
