//! A real server that goes away and comes back: seen through a wire that can be cut.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::{at, bucket, gcra, server, store, window};
use crate::limit::{KeySecret, Limiter, LocalStore, Source};

#[derive(Default)]
struct Wire {
    cut: AtomicBool,
    /// Commands that passed.
    commands: AtomicUsize,
}

impl Wire {
    /// Lays a wire to the server of a URL; its own URL.
    async fn lay(self: &Arc<Self>, url: &str) -> Option<String> {
        let far = url
            .strip_prefix("redis://")?
            .rsplit('@')
            .next()?
            .split('/')
            .next()?
            .to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let near = url.replace(&far, &listener.local_addr().unwrap().to_string());
        let wire = Arc::clone(self);
        tokio::spawn(async move {
            let mut open = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                open.spawn(Arc::clone(&wire).pass(stream, far.clone()));
            }
        });
        Some(near)
    }

    async fn pass(self: Arc<Self>, mut near: TcpStream, far: String) {
        let mut far = TcpStream::connect(far).await.unwrap();
        let (mut there, mut back) = ([0; 8_192], [0; 8_192]);
        loop {
            tokio::select! {
                read = near.read(&mut there) => {
                    let Ok(read @ 1..) = read else { return };
                    if self.cut.load(Ordering::Acquire) {
                        return;
                    }
                    let text = String::from_utf8_lossy(&there[..read]);
                    self.commands.fetch_add(text.matches("\r\nEVALSHA\r\n").count(), Ordering::Relaxed);
                    far.write_all(&there[..read]).await.unwrap();
                }
                read = far.read(&mut back) => {
                    let Ok(read @ 1..) = read else { return };
                    if near.write_all(&back[..read]).await.is_err() {
                        return;
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn one_round_trip_for_all_buckets() {
    let Some(url) = server() else { return };
    let wire = Arc::new(Wire::default());
    let Some(url) = wire.lay(&url).await else { return };
    let (limiter, secret) = (
        Limiter::with_shared(LocalStore::new(100), store(&url)),
        KeySecret::random(),
    );
    limiter.connect().await.unwrap();
    let limits = [window("one", 99, 60), gcra("two", 99, 60, 99), window("three", 99, 1)];
    let buckets: Vec<_> = limits.iter().map(|limit| bucket(&secret, limit, 1, 1)).collect();
    limiter.take(&buckets, at(0)).await.unwrap();
    let before = wire.commands.load(Ordering::Relaxed);
    for _ in 0..10 {
        assert_eq!(limiter.take(&buckets, at(0)).await.unwrap().source(), Source::Shared);
    }
    assert_eq!(wire.commands.load(Ordering::Relaxed) - before, 10);
}

#[tokio::test]
async fn an_outage_gives_no_second_quota_and_ends_by_itself() {
    let Some(url) = server() else { return };
    let wire = Arc::new(Wire::default());
    let Some(url) = wire.lay(&url).await else { return };
    let limiter = Limiter::with_shared(LocalStore::new(100), store(&url));
    let one = [bucket(&KeySecret::random(), &window("limit", 5, 3_600), 1, 1)];
    for left in [4, 3, 2] {
        let report = limiter.take(&one, at(0)).await.unwrap();
        assert_eq!(
            (report.source(), report.standings()[0].remaining),
            (Source::Shared, left)
        );
    }
    wire.cut.store(true, Ordering::Release);
    for left in [1, 0] {
        let report = limiter.take(&one, at(10)).await.unwrap();
        assert_eq!(
            (report.source(), report.standings()[0].remaining),
            (Source::LocalInstead, left)
        );
    }
    assert!(limiter.take(&one, at(20)).await.unwrap().is_refused());
    assert!(limiter.state().shared.unwrap().down.is_some());
    wire.cut.store(false, Ordering::Release);
    assert_eq!(
        limiter.take(&one, at(500)).await.unwrap().source(),
        Source::LocalInstead
    );
    // The first request after the pause is answered by the server again.
    let report = limiter.take(&one, at(1_500)).await.unwrap();
    assert_eq!((report.source(), report.standings()[0].remaining), (Source::Shared, 1));
    assert_eq!(limiter.state().shared.unwrap().down, None);
}
