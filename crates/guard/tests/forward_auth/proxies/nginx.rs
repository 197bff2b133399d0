//! nginx's `auth_request`, by `docs/guard/nginx.conf`.

use std::path::PathBuf;
use std::process::Command;

use super::{Stand, documented, expectations, stand};
use crate::support::{Program, World, program};

async fn start(nginx: PathBuf) -> Stand {
    stand(World::start().await, async |world, port| {
        let server = documented(
            "nginx.conf",
            world,
            ("listen 80;", &format!("listen 127.0.0.1:{port};")),
        );
        Program::start(port, |folder| {
            let folder = folder.path().display();
            let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
                .map(|name| format!("{name}_temp_path {folder}/{name};"))
                .concat();
            let whole = format!(
                "daemon off; master_process off; pid {folder}/pid; error_log stderr warn;\n\
                 events {{}}\nhttp {{ access_log off; {temporary}\n{server}\n}}"
            );
            let path = format!("{folder}/nginx.conf");
            std::fs::write(&path, whole).unwrap();
            let mut command = Command::new(&nginx);
            command.args(["-p", &folder.to_string(), "-e", "stderr", "-c", &path]);
            command
        })
        .await
    })
    .await
}

#[tokio::test]
async fn behind_nginx() {
    let Some(nginx) = program("KEYWARD_TEST_NGINX") else {
        return;
    };
    let stand = start(nginx).await;
    expectations::identity(&stand).await;
    expectations::refusals(&stand).await;
    expectations::limits(&stand).await;
    expectations::preflight(&stand).await;
    expectations::metadata(&stand).await;
    expectations::spoofing(&stand).await;
    expectations::paths(&stand).await;
    expectations::two_credentials(&stand, 400).await;
    expectations::no_guard(stand, 500).await;
}
