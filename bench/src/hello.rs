use std::future::ready;
use std::io::Read as _;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::any;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;

use crate::Failure;

/// The ceiling of HTTP: the server's stack (axum on an accept loop of its own) with a constant answer.
///
/// Prints its address, then serves until its standard input ends, so that it does not outlive who started it.
pub(crate) fn serve(address: &str) -> Result<(), Failure> {
    // As many workers as cores, tokio's default: one when pinned, as the server has.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let listener = runtime.block_on(TcpListener::bind(address))?;
    println!("{}", listener.local_addr()?);
    runtime.spawn(accept(listener));
    std::io::stdin().read_to_end(&mut Vec::new())?;
    runtime.shutdown_background();
    Ok(())
}

/// Accepts connections for ever, a task for each.
pub(crate) async fn accept(listener: TcpListener) {
    let answer = answer();
    let router = Router::new().route("/{*path}", any(move |body| ready(hello(body, answer.clone()))));
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let service = TowerToHyperService::new(router.clone());
        tokio::spawn(async move {
            if stream.set_nodelay(true).is_ok() {
                // A broken connection is the load generator's to report.
                let _ = Builder::new(TokioExecutor::new())
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            }
        });
    }
}

/// Reads the request's body, as every endpoint must.
fn hello(_body: Bytes, answer: Bytes) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], answer)
}

/// About the size of a token response with an RS256 token.
fn answer() -> Bytes {
    Bytes::from(format!(
        r#"{{"access_token":"{}","expires_in":300,"token_type":"Bearer"}}"#,
        "e".repeat(1440)
    ))
}
