//! Calls of the admin API.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue, LOCATION, USER_AGENT};
use http::{HeaderMap, Method, Request, StatusCode};
use keyward_client::{CallError, Transport, call};
use serde_json::Value;

use super::{Path, refusal};
use crate::failure::Failure;
use crate::login::{KeptTokens, Login};

/// Realm files and lists of users are long.
const MAX_BODY: usize = 256 * 1024 * 1024;

/// An import of many users takes a while.
const TIMEOUT: Duration = Duration::from_mins(10);

/// The admin API of a server, for whoever is logged in.
pub(crate) struct Api {
    transport: Transport,
    tokens: KeptTokens,
    server: String,
}

/// An answer that says that it was done.
struct Done {
    headers: HeaderMap,
    body: Bytes,
}

impl Api {
    /// With the tokens of a login.
    pub(crate) fn new(login: Login) -> Result<Self, Failure> {
        let transport = login.transport()?;
        Ok(Self {
            server: login.server.clone(),
            tokens: KeptTokens::new(login, transport.clone()),
            transport: transport.with_timeout(TIMEOUT).with_max_body(MAX_BODY),
        })
    }

    /// Whether the login holds: what its roles allow is another question.
    pub(crate) async fn check(&self) -> Result<(), Failure> {
        let path = Path::realms().with("briefRepresentation", "true");
        let (status, done) = self.exchange(Method::GET, &path, None).await?;
        match status {
            StatusCode::FORBIDDEN => Ok(()),
            _ => self.judge(status, done, &path).map(drop),
        }
    }

    /// Reads something that must be there.
    pub(crate) async fn get(&self, path: &Path) -> Result<Value, Failure> {
        let done = self.send(Method::GET, path, None).await?;
        self.json(&done.body)
    }

    /// Reads something that may be missing in a realm that is there.
    pub(crate) async fn look(&self, path: &Path) -> Result<Option<Value>, Failure> {
        let (status, done) = self.exchange(Method::GET, path, None).await?;
        match status {
            StatusCode::NOT_FOUND if !refusal::is_of_realm(&done.body) => Ok(None),
            _ => self.json(&self.judge(status, done, path)?.body).map(Some),
        }
    }

    /// Makes something. Returns the last part of its address, where the answer has one.
    pub(crate) async fn make(&self, path: &Path, body: &Value) -> Result<Option<String>, Failure> {
        let done = self.send(Method::POST, path, Some(text(body))).await?;
        let location = done.headers.get(LOCATION).and_then(|value| value.to_str().ok());
        Ok(location.and_then(|text| text.rsplit('/').next()).map(str::to_owned))
    }

    /// Sends a text of JSON as it is. Returns what the answer holds; null when there is nothing.
    pub(crate) async fn make_from(&self, path: &Path, json: String) -> Result<Value, Failure> {
        let done = self.send(Method::POST, path, Some(json)).await?;
        self.body(&done)
    }

    /// Does something. Returns what the answer holds; null when there is nothing.
    pub(crate) async fn act(&self, path: &Path) -> Result<Value, Failure> {
        let done = self.send(Method::POST, path, None).await?;
        self.body(&done)
    }

    /// Changes something.
    pub(crate) async fn change(&self, path: &Path, body: &Value) -> Result<(), Failure> {
        self.send(Method::PUT, path, Some(text(body))).await.map(drop)
    }

    /// Puts something there that has no body.
    pub(crate) async fn put(&self, path: &Path) -> Result<(), Failure> {
        self.send(Method::PUT, path, None).await.map(drop)
    }

    /// Removes something.
    pub(crate) async fn remove(&self, path: &Path) -> Result<(), Failure> {
        self.send(Method::DELETE, path, None).await.map(drop)
    }

    /// Takes members out of a list.
    pub(crate) async fn take(&self, path: &Path, members: &Value) -> Result<(), Failure> {
        self.send(Method::DELETE, path, Some(text(members))).await.map(drop)
    }

    async fn send(&self, method: Method, path: &Path, body: Option<String>) -> Result<Done, Failure> {
        let (status, done) = self.exchange(method, path, body).await?;
        self.judge(status, done, path)
    }

    fn judge(&self, status: StatusCode, done: Done, path: &Path) -> Result<Done, Failure> {
        if status.is_success() {
            return Ok(done);
        }
        Err(refusal::failure(status, &done.body, &self.server, path.realm_name()))
    }

    async fn exchange(&self, method: Method, path: &Path, body: Option<String>) -> Result<(StatusCode, Done), Failure> {
        let sent = path
            .sent()
            .ok_or_else(|| Failure::new("a name is empty, or a dot: nothing has such a name"))?;
        let uri = self
            .transport
            .check(&format!("{}{sent}", self.server))
            .map_err(|error| Failure::new(format!("{}: {error}", self.server)))?;
        let body = body.map(Bytes::from);
        let request = |authorization: HeaderValue| {
            let mut request = Request::new(body.clone().unwrap_or_default());
            *request.method_mut() = method.clone();
            *request.uri_mut() = uri.clone();
            let headers = request.headers_mut();
            headers.insert(http::header::AUTHORIZATION, authorization);
            headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
            let agent = concat!("keyward/", env!("CARGO_PKG_VERSION"));
            headers.insert(USER_AGENT, HeaderValue::from_static(agent));
            if body.is_some() {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            }
            self.transport.request(request)
        };
        let answer = call(&self.tokens, request).await.map_err(|error| match error {
            CallError::Token(error) => error.into(),
            CallError::Send(error) => refusal::unreachable(&self.server, &error),
        })?;
        let (head, body) = answer.into_parts();
        let headers = head.headers;
        Ok((head.status, Done { headers, body }))
    }

    fn body(&self, done: &Done) -> Result<Value, Failure> {
        if done.body.is_empty() {
            return Ok(Value::Null);
        }
        self.json(&done.body)
    }

    fn json(&self, body: &Bytes) -> Result<Value, Failure> {
        serde_json::from_slice(body)
            .map_err(|_| Failure::new(format!("{} answered with something that is no JSON", self.server)))
    }
}

fn text(value: &Value) -> String {
    value.to_string()
}
