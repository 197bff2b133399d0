//! Tokens for `reqwest`, by way of `reqwest-middleware`.
//!
//! ```no_run
//! # use keyward_client::{PlainHttp, TokenSource, middleware::BearerToken};
//! # async fn orders(tokens: TokenSource) -> Result<(), Box<dyn std::error::Error>> {
//! let bearer = BearerToken::new(tokens, "https://api.example.com", PlainHttp::LoopbackOnly)?;
//! let client = reqwest_middleware::ClientBuilder::new(reqwest::Client::new()).with(bearer).build();
//! let orders = client.get("https://api.example.com/orders").send().await?.text().await?;
//! # Ok(()) }
//! ```

use async_trait::async_trait;
use http::Extensions;
use http::header::AUTHORIZATION;
use reqwest::{Request, Response, Url};
use reqwest_middleware::{Error, Middleware, Next};

use crate::challenge::is_stale;
use crate::tokens::Tokens;
use crate::transport::{PlainHttp, UrlError, check};

/// Attaches an access token to the requests that go to one API, and sends a request once more with a fresh token when
/// the API says that the first does not hold. RFC 6750 §2.1, §3.1
///
/// Requests to other origins pass without a token: the client may be used for them, and a token is for its API alone. A
/// request that has an `Authorization` passes as it is. A body that can be read once (a stream) is sent once.
pub struct BearerToken<T> {
    tokens: T,
    api: Url,
}

impl<T: Tokens> BearerToken<T> {
    /// Tokens for the API at `api`, of which scheme, host and port count.
    ///
    /// # Errors
    /// [`UrlError`], also for `http` outside this machine where `plain_http` does not allow it.
    pub fn new(tokens: T, api: &str, plain_http: PlainHttp) -> Result<Self, UrlError> {
        check(api, plain_http)?;
        let api = Url::parse(api).map_err(|_| UrlError::Malformed)?;
        Ok(Self { tokens, api })
    }

    fn is_for(&self, url: &Url) -> bool {
        self.api.origin() == url.origin()
    }
}

#[async_trait]
impl<T: Tokens + 'static> Middleware for BearerToken<T> {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response, Error> {
        if !self.is_for(request.url()) || request.headers().contains_key(AUTHORIZATION) {
            return next.run(request, extensions).await;
        }
        let token = self.tokens.token().await.map_err(Error::middleware)?;
        let again = request.try_clone();
        request.headers_mut().insert(AUTHORIZATION, token.authorization());
        let response = next.clone().run(request, extensions).await?;
        // A redirect may have ended elsewhere, where nobody has seen the token.
        if !is_stale(response.status(), response.headers()) || !self.is_for(response.url()) {
            return Ok(response);
        }
        let Some(mut again) = again else { return Ok(response) };
        let token = self.tokens.renew(&token).await.map_err(Error::middleware)?;
        again.headers_mut().insert(AUTHORIZATION, token.authorization());
        next.run(again, extensions).await
    }
}
