//! A program that calls an API for its user, who logs in with the browser. Its token is refreshed before it ends and
//! after a 401.
//!
//! `call_api ISSUER CLIENT_ID API_URL`, for a public client with the redirect URI `http://127.0.0.1/callback`.

use std::error::Error;

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderValue};
use http::{Request, Response};
use keyward_client::{
    CallError, ClientAuthentication, Issuer, LoginOptions, NativeLogin, RefreshError, RefreshOptions, Transport,
    TransportError, TransportOptions, UserTokens, call,
};

pub(crate) async fn log_in(
    issuer: Issuer,
    client_id: &str,
    options: LoginOptions,
) -> Result<UserTokens, Box<dyn Error>> {
    let login = NativeLogin::new(issuer, ClientAuthentication::public(client_id), options);
    Ok(login.login().await?.keep_fresh(RefreshOptions::default()))
}

pub(crate) async fn call_api(
    tokens: &UserTokens,
    transport: &Transport,
    url: &str,
) -> Result<Response<Bytes>, CallError<RefreshError, TransportError>> {
    let send = async |authorization: HeaderValue| {
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = transport.check(url)?;
        request.headers_mut().insert(AUTHORIZATION, authorization);
        transport.request(request).await
    };
    call(tokens, send).await
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("call_api ISSUER CLIENT_ID API_URL");
    let (issuer, client_id, url) = (next()?, next()?, next()?);
    let transport = Transport::new(&TransportOptions::default())?;
    let issuer = Issuer::new(transport.clone(), issuer);
    let tokens = log_in(issuer, &client_id, LoginOptions::default()).await?;
    let answer = call_api(&tokens, &transport, &url).await?;
    println!("{}\n{}", answer.status(), String::from_utf8_lossy(answer.body()));
    Ok(())
}
