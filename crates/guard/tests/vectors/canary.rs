//! No part of a token shows up anywhere but where it belongs.

use std::collections::HashSet;
use std::io::Write;
use std::sync::{Arc, Mutex};

use keyward_guard::testing::vectors::{Answer, Chapter, Library, Stage, directory, run};
use tracing_subscriber::fmt::MakeWriter;

use crate::chapters::ALL;
use crate::support::issuers::Issuers;

/// So many characters of a token are no accident.
const SLICE: usize = 12;

/// Everything that is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Plays everything on a stage and looks at what is said.
async fn watch<S: Stage>(upstream: &str, stage: &S) {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    let _logging = tracing::subscriber::set_default(subscriber);
    let (mut seen, mut leaks) = (0_usize, Vec::new());
    for name in ALL {
        let issuers = Issuers::start(upstream).await;
        let chapter = Chapter::load(&directory(), name).unwrap();
        run(&chapter, stage, &issuers, |vector, tokens, answer| {
            let said = said(answer, &log);
            for token in tokens {
                seen += 1;
                if let Some(slice) = leak(token, &said) {
                    leaks.push(format!("{name}/{}: {slice}", vector.name));
                }
            }
        })
        .await;
    }
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
    assert!(seen > 300, "{seen}");
}

#[tokio::test]
async fn no_slice_of_a_token_in_records_answers_logs_and_debug_output() {
    watch("http://127.0.0.1:9", &Library::default()).await;
}

#[cfg(feature = "gateway")]
#[tokio::test]
async fn no_slice_of_a_token_in_what_a_gateway_says() {
    let gateway = crate::stages::gateway::Gateway::new().await;
    watch(&gateway.upstream.url(), &gateway).await;
}

#[cfg(feature = "forward-auth")]
#[tokio::test]
async fn no_slice_of_a_token_in_what_forward_auth_says() {
    use crate::stages::forward_auth::{Dialect, ForwardAuth};
    watch("http://127.0.0.1:9", &ForwardAuth::new(Dialect::Nginx)).await;
}

/// What a guard says about a request, to whomever, but for the API that gets the token itself.
fn said(answer: &Answer, log: &Log) -> String {
    let logged = std::mem::take(&mut *log.0.lock().unwrap());
    let body = String::from_utf8_lossy(&answer.body);
    let logged = String::from_utf8_lossy(&logged);
    format!("{:?}\n{body}\n{}\n{logged}", answer.headers, answer.written.join("\n"))
}

fn leak<'t>(token: &'t str, said: &str) -> Option<&'t str> {
    let slices: HashSet<&[u8]> = said.as_bytes().windows(SLICE).collect();
    let found = token.as_bytes().windows(SLICE).find(|slice| slices.contains(slice))?;
    str::from_utf8(found).ok()
}

#[test]
fn a_leak_would_be_seen() {
    assert_eq!(
        leak("eyJhbGciOiJFUzI1NiJ9.e30.AAAA", "token eyJhbGciOiJF"),
        Some("eyJhbGciOiJF")
    );
    assert_eq!(leak("eyJhbGciOiJFUzI1NiJ9.e30.AAAA", "token eyJhbGciOi"), None);
}
