//! Servers that fail in each way. None of this needs a real one.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use super::super::{RedisError, RedisSettings, RedisStore, SharedState, StoreFailure};
use super::{at, bucket, gcra, shared, store};
use crate::limit::{KeySecret, Limiter, LocalStore, OnStoreError, Quota, Source, StoreUnavailable};

/// A server of which each connection answers every command with one of `answers`, or nothing when it is empty.
/// Says of each connection that it came.
async fn answering(answers: Vec<&'static str>) -> (String, mpsc::UnboundedReceiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://{}", listener.local_addr().unwrap());
    let (came, coming) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut held = Vec::new();
        for answer in answers.into_iter().chain(std::iter::repeat("")) {
            let (stream, _) = listener.accept().await.unwrap();
            if came.send(()).is_err() {
                return;
            }
            if answer.is_empty() {
                held.push(stream);
            } else {
                tokio::spawn(answer_all(stream, answer));
            }
        }
    });
    (url, coming)
}

async fn answer_all(mut stream: TcpStream, answer: &str) {
    let mut bytes = [0; 16_384];
    while let Ok(read @ 1..) = stream.read(&mut bytes).await {
        // Every command is an array of bulk strings.
        let commands = String::from_utf8_lossy(&bytes[..read]).matches('*').count();
        if stream.write_all(answer.repeat(commands).as_bytes()).await.is_err() {
            return;
        }
    }
}

fn impatient(url: &str, timeout: u64) -> RedisStore {
    let mut settings = RedisSettings::new(url);
    settings.timeout = Duration::from_millis(timeout);
    RedisStore::new(settings).unwrap()
}

async fn closed_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("redis://{}", listener.local_addr().unwrap())
}

#[tokio::test]
async fn nobody_listens_and_each_limit_has_its_answer() {
    let limiter = Limiter::with_shared(LocalStore::new(100), store(&closed_port().await));
    let quota = Quota::window(2, Duration::from_mins(1)).unwrap();
    let secret = KeySecret::random();
    let of = |on_store_error| bucket(&secret, &shared("limit", quota, on_store_error), 1, 1);
    let [local, deny, allow] = [OnStoreError::Local, OnStoreError::Deny, OnStoreError::Allow].map(of);
    let denied = StoreUnavailable {
        retry_after: Duration::from_secs(1),
    };
    assert_eq!(limiter.take(std::slice::from_ref(&deny), at(0)).await, Err(denied));
    for left in [1, 0] {
        let report = limiter.take(std::slice::from_ref(&local), at(0)).await.unwrap();
        assert_eq!(
            (report.source(), report.standings()[0].remaining),
            (Source::LocalInstead, left)
        );
    }
    assert!(limiter.take(&[local], at(0)).await.unwrap().is_refused());
    for _ in 0..5 {
        let report = limiter.take(std::slice::from_ref(&allow), at(0)).await.unwrap();
        assert_eq!((report.source(), report.is_refused()), (Source::Nobody, false));
    }
    assert_eq!(limiter.take(&[deny, allow], at(0)).await, Err(denied));
    let down = Some(StoreFailure::Connection);
    assert_eq!(limiter.state().shared, Some(SharedState { down, failures: 1 }));
}

#[tokio::test]
async fn a_silent_server_costs_one_timeout_and_not_one_for_each_request() {
    let (url, mut coming) = answering(vec![]).await;
    let limiter = Limiter::with_shared(LocalStore::new(100), impatient(&url, 50));
    let bucket = [bucket(&KeySecret::random(), &gcra("limit", 100, 60, 100), 1, 1)];
    for n in 0..50 {
        assert_eq!(
            limiter.take(&bucket, at(n)).await.unwrap().source(),
            Source::LocalInstead
        );
    }
    let down = Some(StoreFailure::Timeout);
    assert_eq!(limiter.state().shared, Some(SharedState { down, failures: 1 }));
    coming.recv().await.unwrap();
    assert!(coming.try_recv().is_err(), "one connection");
    // After the pause one request tries again.
    for n in 1_100..1_150 {
        limiter.take(&bucket, at(n)).await.unwrap();
    }
    assert_eq!(limiter.state().shared, Some(SharedState { down, failures: 2 }));
}

#[tokio::test]
async fn a_server_that_was_still_loading_is_used_when_it_is_ready() {
    let (url, _coming) = answering(vec![
        "-LOADING Redis is loading\r\n",
        "*5\r\n:1\r\n:0\r\n:600\r\n:0\r\n:0\r\n",
    ])
    .await;
    // A numbered database is chosen while connecting, and that fails.
    let store = store(&format!("{url}/3"));
    let bucket = [bucket(&KeySecret::random(), &gcra("limit", 100, 60, 10), 1, 1)];
    let take = |now| store.run(crate::limit::limiter::Verb::Take, &bucket, at(now));
    assert_eq!(take(0).await, Err(StoreFailure::Refused));
    assert_eq!(take(500).await, Err(StoreFailure::Refused));
    let report = take(1_000).await.map(|report| report.standings()[0].remaining);
    assert_eq!((report, store.state().down), (Ok(9), None));
}

#[tokio::test]
async fn answers_that_the_script_does_not_give_are_no_answers() {
    let answers = [
        "+OK\r\n",
        "*0\r\n",
        "*4\r\n:1\r\n:0\r\n:600\r\n:0\r\n",
        // Both fits and does not.
        "*5\r\n:0\r\n:0\r\n:600\r\n:0\r\n:0\r\n",
        "*5\r\n:1\r\n:7\r\n:600\r\n:0\r\n:0\r\n",
        "*5\r\n:1\r\n:0\r\n:-1\r\n:0\r\n:0\r\n",
        "$5\r\nhello\r\n",
    ];
    for answer in answers {
        let (url, _coming) = answering(vec![answer]).await;
        let store = store(&url);
        let bucket = [bucket(&KeySecret::random(), &gcra("limit", 100, 60, 10), 1, 1)];
        let answered = store.run(crate::limit::limiter::Verb::Take, &bucket, at(0)).await;
        assert_eq!(answered, Err(StoreFailure::Malformed), "{answer:?}");
    }
}

#[tokio::test]
async fn errors_of_the_server_are_told_apart() {
    let errors = [
        (
            "-OOM command not allowed when used memory > 'maxmemory'.\r\n",
            StoreFailure::Refused,
        ),
        ("-NOAUTH Authentication required.\r\n", StoreFailure::Authentication),
        (
            "-NOPERM no permissions to run the 'evalsha' command\r\n",
            StoreFailure::Authentication,
        ),
    ];
    for (error, expected) in errors {
        let (url, _coming) = answering(vec![error]).await;
        let store = store(&url);
        let bucket = [bucket(&KeySecret::random(), &gcra("limit", 100, 60, 10), 1, 1)];
        let answered = store.run(crate::limit::limiter::Verb::Take, &bucket, at(0)).await;
        assert_eq!(answered, Err(expected), "{error}");
    }
}

#[test]
fn a_store_can_be_made_before_the_runtime() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let store = store(&runtime.block_on(closed_port()));
    let limiter = Limiter::with_shared(LocalStore::new(1), store);
    assert!(runtime.block_on(limiter.connect()).is_err());
}

#[tokio::test]
async fn nothing_shows_the_password() {
    let settings = RedisSettings::new("redis://user:hunter2-hunter2@127.0.0.1:1/0");
    assert!(!format!("{settings:?}").contains("hunter2"));
    assert!(!format!("{:?}", RedisStore::new(settings).unwrap()).contains("hunter2"));
    for url in [
        "hunter2-hunter2",
        "http://hunter2-hunter2",
        "redis://a:hunter2-hunter2@[/",
        "",
    ] {
        let error = RedisStore::new(RedisSettings::new(url)).unwrap_err();
        assert_eq!(error, RedisError::Url, "{url}");
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
    let mut settings = RedisSettings::new("redis://127.0.0.1:1");
    settings.authorities = Some(b"no certificate".to_vec());
    assert_eq!(RedisStore::new(settings).unwrap_err(), RedisError::Authorities);
}
