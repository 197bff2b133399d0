//! Caddy's `forward_auth`, by `docs/guard/Caddyfile`. Traefik's dialect is the same; Traefik itself is not tested.

use std::path::PathBuf;
use std::process::Command;

use super::{Stand, documented, expectations, stand};
use crate::support::{Program, World, program};

async fn start(caddy: PathBuf) -> Stand {
    stand(World::start().await, async |world, port| {
        let own = format!("http://api.example.com:{port} {{\n\tbind 127.0.0.1");
        let site = documented("Caddyfile", world, ("api.example.com {", &own));
        Program::start(port, |folder| {
            let path = folder.path().join("Caddyfile");
            std::fs::write(&path, format!("{{\n\tadmin off\n}}\n{site}")).unwrap();
            let mut command = Command::new(&caddy);
            command.args(["run", "--adapter", "caddyfile", "--config"]).arg(path);
            command.env("HOME", folder.path()).env("XDG_DATA_HOME", folder.path());
            command.env("XDG_CONFIG_HOME", folder.path());
            command
        })
        .await
    })
    .await
}

#[tokio::test]
async fn behind_caddy() {
    let Some(caddy) = program("KEYWARD_TEST_CADDY") else {
        return;
    };
    let stand = start(caddy).await;
    expectations::identity(&stand).await;
    expectations::refusals(&stand).await;
    expectations::limits(&stand).await;
    expectations::preflight(&stand).await;
    expectations::metadata(&stand).await;
    expectations::spoofing(&stand).await;
    expectations::paths(&stand).await;
    expectations::two_credentials(&stand, 400).await;
    expectations::no_guard(stand, 502).await;
}
