//! Envoy's `ext_authz` over gRPC and over HTTP, by `docs/guard/envoy.yaml` and `docs/guard/envoy-http.yaml`.

use std::path::PathBuf;
use std::process::Command;

use super::{Stand, documented, expectations, stand};
use crate::support::{Program, World, program};

async fn start(envoy: PathBuf, name: &str) -> Stand {
    stand(World::start().await, async |world, port| {
        let own = format!("address: 127.0.0.1, port_value: {port}");
        let config = documented(name, world, ("address: 0.0.0.0, port_value: 80", &own));
        Program::start(port, |folder| {
            let path = folder.path().join("envoy.yaml");
            std::fs::write(&path, config).unwrap();
            let mut command = Command::new(&envoy);
            command.arg("--config-path").arg(path);
            command.args(["--concurrency", "1", "--disable-hot-restart", "--log-level", "warn"]);
            command
        })
        .await
    })
    .await
}

async fn check(name: &str) {
    let Some(envoy) = program("KEYWARD_TEST_ENVOY") else {
        return;
    };
    let mut stand = start(envoy, name).await;
    stand.tells_addresses = name == "envoy.yaml";
    expectations::identity(&stand).await;
    expectations::refusals(&stand).await;
    expectations::limits(&stand).await;
    expectations::preflight(&stand).await;
    expectations::metadata(&stand).await;
    expectations::spoofing(&stand).await;
    expectations::paths(&stand).await;
    // Envoy joins them to one that is no token.
    expectations::two_credentials(&stand, 401).await;
    expectations::no_guard(stand, 503).await;
}

#[tokio::test]
async fn behind_envoy_over_grpc() {
    check("envoy.yaml").await;
}

#[tokio::test]
async fn behind_envoy_over_http() {
    check("envoy-http.yaml").await;
}
