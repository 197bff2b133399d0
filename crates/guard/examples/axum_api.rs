//! An API in axum behind the guard: which request needs what stands in `guard.toml`, handlers ask who calls.
//!
//! ```console
//! cargo run --example axum_api --features axum -- crates/guard/examples/guard.toml
//! ```

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};
use keyward_guard::{Caller, Guard};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).unwrap_or_else(|| "guard.toml".into());
    let guard = Arc::new(Guard::from_toml(&std::fs::read_to_string(file)?)?);
    guard.start().await?;
    let listener = TcpListener::bind("127.0.0.1:8080").await?;
    // The guard must know who is connected.
    let app = app(&guard).into_make_service_with_connect_info::<SocketAddr>();
    Ok(axum::serve(listener, app).await?)
}

/// The API. The guard's layer stands around all of it: what `guard.toml` does not name is 404.
pub(crate) fn app(guard: &Arc<Guard>) -> Router {
    Router::new()
        .route("/", get(welcome))
        .route("/orders/{id}", get(show))
        .route("/orders", post(place))
        .layer(guard.layer())
}

/// A public route: there may be a caller, and nobody asks for one.
async fn welcome(who: Option<Caller>) -> String {
    match who.as_ref().and_then(Caller::subject) {
        Some(name) => format!("Hello {name}\n"),
        None => "Hello\n".into(),
    }
}

/// Whose order it is stays the API's own question.
async fn show(who: Caller, Path(id): Path<u64>) -> Result<String, StatusCode> {
    let owner = if id == 7 { "alice" } else { "bob" };
    if who.subject() != Some(owner) && !who.has_realm_role("clerk") {
        return Err(StatusCode::NOT_FOUND);
    }
    Ok(format!("Order {id} of {owner}\n"))
}

async fn place(who: Caller) -> (StatusCode, String) {
    let client = who.client_id().unwrap_or("an unknown client");
    (StatusCode::CREATED, format!("Placed through {client}\n"))
}
