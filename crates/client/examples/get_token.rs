//! A program that calls an API as itself. Its token is got once, kept, renewed before it ends and after a 401.
//!
//! `get_token ISSUER CLIENT_ID API_URL`, the client's secret in `CLIENT_SECRET`.

use std::error::Error;

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderValue};
use http::{Request, Response};
use keyward_client::{
    CallError, ClientAuthentication, ClientCredentials, Issuer, TokenEndpoint, TokenError, TokenSource, Transport,
    TransportError, TransportOptions, call,
};

pub(crate) struct ApiClient {
    transport: Transport,
    tokens: TokenSource,
}

impl ApiClient {
    pub(crate) fn new(issuer: &str, client: ClientAuthentication, scope: &str) -> Result<Self, Box<dyn Error>> {
        let transport = Transport::new(&TransportOptions::default())?;
        let endpoint = TokenEndpoint::of_issuer(Issuer::new(transport.clone(), issuer), client);
        let tokens = TokenSource::new(endpoint, ClientCredentials::scoped(scope));
        Ok(Self { transport, tokens })
    }

    pub(crate) async fn call_api(&self, url: &str) -> Result<Response<Bytes>, CallError<TokenError, TransportError>> {
        let send = async |authorization: HeaderValue| {
            let mut request = Request::new(Bytes::new());
            *request.uri_mut() = self.transport.check(url)?;
            request.headers_mut().insert(AUTHORIZATION, authorization);
            self.transport.request(request).await
        };
        call(&self.tokens, send).await
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("get_token ISSUER CLIENT_ID API_URL");
    let (issuer, client_id, url) = (next()?, next()?, next()?);
    let client = ClientAuthentication::secret_basic(client_id, std::env::var("CLIENT_SECRET")?);
    let answer = ApiClient::new(&issuer, client, "orders:read")?.call_api(&url).await?;
    println!("{}\n{}", answer.status(), String::from_utf8_lossy(answer.body()));
    Ok(())
}
