//! OAuth 2.1 for applications: finds an issuer, gets tokens and keeps them fresh.
//!
//! | A program | uses |
//! |---|---|
//! | calls an API as itself | [`TokenSource`] |
//! | logs its user in with the browser | [`NativeLogin`], then [`UserTokens`] |
//! | sends a token and renews it once on a 401 | [`call()`]; with the feature `reqwest`, `middleware::BearerToken` |
//! | checks tokens of others | [`JwksCache`], [`Introspector`], or all of it in the crate `keyward-guard` |
//!
//! # A program that calls an API as itself
//! The token is got once, kept, and replaced thirty seconds before it ends; a hundred tasks cause one request.
//! ```no_run
//! # use keyward_client::*;
//! # use http::{header::{AUTHORIZATION, HeaderValue}, Request, Response};
//! # use bytes::Bytes;
//! struct ApiClient { transport: Transport, tokens: TokenSource }
//!
//! impl ApiClient {
//!     fn new(issuer: &str, client_id: &str, secret: &str) -> Result<Self, transport::TlsError> {
//!         let transport = Transport::new(&TransportOptions::default())?;
//!         let client = ClientAuthentication::secret_basic(client_id, secret);
//!         let endpoint = TokenEndpoint::of_issuer(Issuer::new(transport.clone(), issuer), client);
//!         let tokens = TokenSource::new(endpoint, ClientCredentials::scoped("orders:read"));
//!         Ok(Self { transport, tokens })
//!     }
//!
//!     async fn orders(&self) -> Result<Response<Bytes>, CallError<TokenError, TransportError>> {
//!         let request = Request::get("https://api.example.com/orders");
//!         let request = request.body(Bytes::new()).expect("a request");
//!         call(&self.tokens, |bearer: HeaderValue| {
//!             let mut request = request.clone();
//!             request.headers_mut().insert(AUTHORIZATION, bearer);
//!             self.transport.request(request)
//!         }).await
//!     }
//! }
//! ```
//!
//! # A program that calls an API for its user
//! The browser opens, the user logs in, the answer comes back to a port of this machine. From then on the token is
//! refreshed before it ends, and after a 401.
//! ```no_run
//! # use keyward_client::*;
//! # use http::{header::{AUTHORIZATION, HeaderValue}, Request, Response};
//! # use bytes::Bytes;
//! async fn log_in(issuer: Issuer) -> Result<UserTokens, LoginError> {
//!     let client = ClientAuthentication::public("orders-cli");
//!     let login = NativeLogin::new(issuer, client, LoginOptions::default());
//!     Ok(login.login().await?.keep_fresh(RefreshOptions::default()))
//! }
//!
//! async fn call_api(
//!     tokens: &UserTokens, transport: &Transport, url: &str,
//! ) -> Result<Response<Bytes>, CallError<RefreshError, TransportError>> {
//!     call(tokens, async |bearer: HeaderValue| {
//!         let mut request = Request::new(Bytes::new());
//!         *request.uri_mut() = transport.check(url)?;
//!         request.headers_mut().insert(AUTHORIZATION, bearer);
//!         transport.request(request).await
//!     }).await
//! }
//! ```
//! Both run as programs in `examples/`.
//!
//! # What never happens
//! A token, a secret or a body in a log line, an error or a `Debug`; a redirect that is followed; an answer without a
//! bound in time and size; an issuer's document or key that was asked for without TLS, except on this machine.
#![warn(missing_docs)]

mod audience;
pub mod authorization_code;
pub mod call;
pub mod challenge;
pub mod client_auth;
pub mod client_credentials;
mod endpoint;
pub mod flight;
pub mod form;
pub mod id_token;
pub mod introspect;
pub mod issuer;
mod json;
pub mod jwks;
mod kept;
#[cfg(feature = "reqwest")]
pub mod middleware;
pub mod refresh;
pub mod secret;
pub mod time;
pub mod token;
pub mod tokens;
pub mod transport;

pub use authorization_code::{Login, LoginError, LoginOptions, NativeLogin};
pub use call::{CallError, call};
pub use client_auth::ClientAuthentication;
pub use client_credentials::{ClientCredentials, TokenSource};
pub use endpoint::EndpointError;
pub use form::Form;
pub use id_token::{ExpectedIdToken, IdToken, IdTokenError};
pub use introspect::{IntrospectError, Introspection, Introspector};
pub use issuer::{DiscoveryError, Issuer};
pub use jwks::{JwksCache, JwksOptions, KeySet};
pub use refresh::{RefreshError, RefreshOptions, UserTokens};
pub use secret::Secret;
pub use time::UnixMillis;
pub use token::{AccessToken, Refusal, TokenEndpoint, TokenError, TokenSet};
pub use tokens::Tokens;
pub use transport::{Answer, PlainHttp, Transport, TransportError, TransportOptions};
