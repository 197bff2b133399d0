//! One line of the route table.

use std::future::Future;
use std::pin::Pin;

use axum::http::Method;

use super::answer::Answer;
use super::call::AdminCall;
use super::error::AdminError;
use super::rights::Need;

/// What a handler gives back while it runs.
pub(crate) type Running<'a> = Pin<Box<dyn Future<Output = Result<Answer, AdminError>> + Send + 'a>>;

/// A path, a method, and who answers.
pub(crate) struct Route {
    pub(crate) method: Method,
    /// Keycloak's path, with the names of its parameters in braces.
    pub(crate) path: &'static str,
    /// What the caller must be allowed.
    pub(crate) need: Need,
    /// How much of Keycloak's endpoint is here.
    pub(crate) offered: Offered,
    /// Whether the body may be a whole realm.
    pub(crate) large: bool,
    pub(crate) run: for<'a> fn(&'a AdminCall) -> Running<'a>,
}

/// How much of an endpoint of Keycloak's is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offered {
    /// All of it: what is written takes effect.
    Full,
    /// It is kept and given back; nothing acts on it.
    DataOnly,
    /// 501.
    NotOffered,
}

impl Route {
    /// The same route with a body that may be a whole realm.
    pub(crate) const fn large(mut self) -> Self {
        self.large = true;
        self
    }
}

/// Writes a line: `route!(GET "/admin/realms/{realm}/clients", Need::QueryClients, Offered::Full, list::list)`.
macro_rules! route {
    ($method:ident $path:expr, $need:expr, $offered:expr, $handler:path) => {
        $crate::admin::rest::Route {
            method: ::axum::http::Method::$method,
            path: $path,
            need: $need,
            offered: $offered,
            large: false,
            run: |call| ::std::boxed::Box::pin($handler(call)),
        }
    };
}
pub(crate) use route;
