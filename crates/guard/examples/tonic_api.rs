//! A gRPC service in tonic behind the guard. Whoever is refused gets a gRPC status: `UNAUTHENTICATED`,
//! `PERMISSION_DENIED`, `RESOURCE_EXHAUSTED` or `UNAVAILABLE`, with the challenge as metadata.
//!
//! ```console
//! cargo run --example tonic_api --features layer -- crates/guard/examples/guard.toml
//! ```

use std::convert::Infallible;
use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::Extensions;
use keyward_guard::{Caller, Guard};
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Service};
use tonic::server::{Grpc, NamedService};
use tonic::transport::Server;
use tonic::transport::server::{TcpConnectInfo, TcpIncoming};
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).unwrap_or_else(|| "guard.toml".into());
    let guard = Arc::new(Guard::from_toml(&std::fs::read_to_string(file)?)?);
    guard.start().await?;
    serve(&guard, TcpListener::bind("127.0.0.1:50051").await?).await
}

/// Serves the orders behind the guard.
pub(crate) async fn serve(guard: &Arc<Guard>, listener: TcpListener) -> Result<(), Box<dyn Error>> {
    Ok(Server::builder()
        .layer(guard.layer().peer(connected))
        .add_service(Orders)
        .serve_with_incoming(TcpIncoming::from(listener))
        .await?)
}

/// Who is connected, as tonic notes it.
fn connected(extensions: &Extensions) -> Option<IpAddr> {
    let connection = extensions.get::<TcpConnectInfo>()?;
    connection.remote_addr().map(|address| address.ip())
}

async fn count(request: Request<CountRequest>) -> Result<Response<CountReply>, Status> {
    let caller = request.extensions().get::<Arc<Caller>>();
    let caller = caller.ok_or_else(|| Status::internal("the guard is missing"))?;
    Ok(Response::new(CountReply {
        owner: caller.subject().unwrap_or_default().to_owned(),
        orders: 3,
    }))
}

// What follows is what tonic-prost-build makes of:
//
//   package orders.v1;
//   message CountRequest {}
//   message CountReply { string owner = 1; uint32 orders = 2; }
//   service Orders {
//     rpc Count(CountRequest) returns (CountReply);
//     rpc Place(CountRequest) returns (CountReply);
//   }

/// `orders.v1.CountRequest`
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct CountRequest {}

/// `orders.v1.CountReply`
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct CountReply {
    /// Whose orders.
    #[prost(string, tag = "1")]
    pub(crate) owner: String,
    /// How many.
    #[prost(uint32, tag = "2")]
    pub(crate) orders: u32,
}

/// `orders.v1.Orders`
#[derive(Clone)]
struct Orders;

impl NamedService for Orders {
    const NAME: &'static str = "orders.v1.Orders";
}

impl Service<http::Request<Body>> for Orders {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(async move {
            let mut grpc = Grpc::new(ProstCodec::<CountReply, CountRequest>::default());
            Ok(match request.uri().path() {
                "/orders.v1.Orders/Count" | "/orders.v1.Orders/Place" => {
                    grpc.unary(tower::service_fn(count), request).await
                }
                _ => Status::unimplemented("there is no such method").into_http(),
            })
        })
    }
}
