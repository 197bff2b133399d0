//! TLS to a PostgreSQL with certificates of its own. `KEYWARD_TEST_POSTGRES_BIN` is the folder of `initdb` and
//! `postgres`; without it these tests say that they are skipped, and pass. The servers refuse connections that are
//! not encrypted, so whoever gets in has TLS.

use keyward_domain::Fault;
use keyward_storage::{Location, open};
use keyward_testkit::builders::NOW;
use support::Server;

mod support;

/// Reads and writes, each over a lane of its own.
#[expect(clippy::unwrap_used, reason = "a test's setting")]
async fn visit(url: String) -> Result<(), Fault> {
    let store = open(Location::Postgres(url)).await.unwrap().store();
    store.write().await?;
    store.read().await.map(drop)
}

async fn refusal(url: String) -> String {
    let Err(Fault::Unavailable(text)) = visit(url.clone()).await else {
        panic!("not refused: {url}");
    };
    assert!(!text.contains(support::PASSWORD), "{text}");
    text
}

#[tokio::test]
async fn the_right_root_connects() {
    let Some(server) = Server::with_tls() else { return };
    let roots = server.file("ca.pem");
    for mode in ["prefer", "require", "verify-full"] {
        let url = server.url("127.0.0.1", &format!("sslmode={mode}&sslrootcert={roots}"));
        visit(url).await.unwrap();
    }
    let url = server.url(
        "127.0.0.1",
        &format!("channel_binding=require&sslmode=require&sslrootcert={roots}"),
    );
    let database = open(Location::Postgres(url)).await.unwrap();
    assert_eq!(
        database.migrate(NOW).await.unwrap().names,
        [
            "0001_init",
            "0002_logins",
            "0003_admin",
            "0004_user_events",
            "0005_named_users",
            "0006_user_counts",
            "0007_users_by_name",
            "0008_events_by_id"
        ]
    );
}

#[tokio::test]
async fn prefer_encrypts_and_disable_does_not() {
    let Some(server) = Server::with_tls() else { return };
    visit(server.url("127.0.0.1", "")).await.unwrap();
    visit(server.url("127.0.0.1", "channel_binding=require")).await.unwrap();
    let text = refusal(server.url("127.0.0.1", "sslmode=disable")).await;
    assert!(text.contains("28000"), "{text}");
}

#[tokio::test]
async fn another_root_is_refused() {
    let Some(server) = Server::with_tls() else { return };
    // A root of the same name, with another key.
    let roots = server.file("other.pem");
    for (asked, why) in [
        ("sslmode=require".to_owned(), "UnknownIssuer"),
        (format!("sslmode=prefer&sslrootcert={roots}"), "BadSignature"),
        (format!("sslmode=require&sslrootcert={roots}"), "BadSignature"),
        (format!("sslmode=verify-full&sslrootcert={roots}"), "BadSignature"),
    ] {
        let text = refusal(server.url("127.0.0.1", &asked)).await;
        assert!(text.contains(&format!("its certificate is refused: {why}")), "{text}");
    }
}

#[tokio::test]
async fn another_name_is_refused() {
    let Some(server) = Server::with_tls() else { return };
    let roots = server.file("ca.pem");
    for mode in ["require", "verify-full"] {
        // The certificate is for the address.
        let asked = format!("hostaddr=127.0.0.1&sslmode={mode}&sslrootcert={roots}");
        let text = refusal(server.url("database.example", &asked)).await;
        assert!(
            text.contains("its certificate is refused") && text.contains("not valid for name"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_server_without_tls_is_refused_where_it_is_required() {
    let Some(server) = Server::without_tls() else { return };
    visit(server.url("127.0.0.1", "")).await.unwrap();
    let roots = server.file("ca.pem");
    for asked in [
        "sslmode=require".to_owned(),
        format!("sslmode=verify-full&sslrootcert={roots}"),
    ] {
        let text = refusal(server.url("127.0.0.1", &asked)).await;
        assert!(text.contains("server does not support TLS"), "{text}");
    }
}
