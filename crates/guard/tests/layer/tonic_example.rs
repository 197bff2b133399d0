//! `examples/tonic_api.rs` as it runs, asked by tonic's own client.

use std::net::SocketAddr;
use std::sync::Arc;

use http::uri::PathAndQuery;
use keyward_guard::Guard;
use keyward_guard::testing::Issuer;
use tokio::net::TcpListener;
use tonic::client::Grpc;
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status};
use tonic_prost::ProstCodec;

use crate::support::{EXAMPLE, bearer, guard};
use tonic_api::{CountReply, CountRequest};

#[path = "../../examples/tonic_api.rs"]
#[expect(dead_code, reason = "its `main` is not called")]
mod tonic_api;

async fn start(guard: Arc<Guard>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        tonic_api::serve(&guard, listener)
            .await
            .map_err(|error| error.to_string())
    });
    address
}

async fn call(api: SocketAddr, method: &'static str, bearer: Option<&str>) -> Result<Response<CountReply>, Status> {
    let channel = Channel::from_shared(format!("http://{api}"))
        .unwrap()
        .connect()
        .await
        .unwrap();
    let mut client = Grpc::new(channel);
    client.ready().await.unwrap();
    let mut request = Request::new(CountRequest {});
    if let Some(bearer) = bearer {
        request.metadata_mut().insert("authorization", bearer.parse().unwrap());
    }
    let codec = ProstCodec::<CountRequest, CountReply>::default();
    client.unary(request, PathAndQuery::from_static(method), codec).await
}

#[tokio::test]
async fn a_caller_is_known_to_the_service() {
    let api = start(guard(EXAMPLE)).await;
    let reply = call(api, "/orders.v1.Orders/Count", Some(&bearer("orders:read")))
        .await
        .unwrap();
    assert!(reply.metadata().get("x-request-id").is_some());
    let reply = reply.into_inner();
    assert_eq!((reply.owner.as_str(), reply.orders), ("alice", 3));
}

#[tokio::test]
async fn refusals_are_statuses() {
    let api = start(guard(EXAMPLE)).await;
    let creating = bearer("orders:create");
    for (method, bearer, code) in [
        ("/orders.v1.Orders/Count", None, Code::Unauthenticated),
        (
            "/orders.v1.Orders/Count",
            Some("Bearer nonsense"),
            Code::Unauthenticated,
        ),
        (
            "/orders.v1.Orders/Count",
            Some(creating.as_str()),
            Code::PermissionDenied,
        ),
        ("/orders.v1.Orders/Other", Some(creating.as_str()), Code::Unimplemented),
        ("/other.Service/Method", None, Code::Unimplemented),
        ("/orders.v1.Orders/../Count", None, Code::InvalidArgument),
    ] {
        let status = call(api, method, bearer).await.unwrap_err();
        assert_eq!(status.code(), code, "{method}: {status:?}");
        let challenge = status.metadata().get("www-authenticate");
        let expected = matches!(code, Code::Unauthenticated | Code::PermissionDenied);
        assert_eq!(challenge.is_some(), expected, "{status:?}");
        assert!(status.metadata().get("x-request-id").is_some());
        assert!(!status.message().is_empty());
    }
}

#[tokio::test]
async fn too_many_calls_are_resource_exhausted() {
    let api = start(guard(EXAMPLE)).await;
    let creating = bearer("orders:create");
    for _ in 0..3 {
        call(api, "/orders.v1.Orders/Place", Some(&creating)).await.unwrap();
    }
    let status = call(api, "/orders.v1.Orders/Place", Some(&creating)).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert!(status.metadata().get("retry-after").is_some());
}

/// Never `UNAUTHENTICATED` because of our own trouble: clients would log in again.
#[tokio::test]
async fn keys_that_cannot_be_had_are_unavailable() {
    let away = EXAMPLE
        .replace("id = \"main\"", "id = \"away\"")
        .replace("https://id.example.com/realms/acme", "http://127.0.0.1:9");
    let api = start(Arc::new(Guard::from_toml(&away).unwrap())).await;
    let token = Issuer::at("http://127.0.0.1:9").token();
    let token = token.audience("https://api.example.com").scope("orders:read");
    let status = call(api, "/orders.v1.Orders/Count", Some(token.bearer().to_str().unwrap())).await;
    assert_eq!(status.unwrap_err().code(), Code::Unavailable);
}
