//! A small HTTP server, an issuer on it, and a clock that stands still.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use keyward_client::time::{Clock, UnixMillis};
use keyward_client::{Transport, TransportOptions};

pub(crate) use self::issuer::{Keys, Signer, key_server, key_set};
pub(crate) use self::server::{Reply, Server, html, json, reply, status};

mod issuer;
mod server;
pub(crate) mod tls;
pub(crate) mod tokens;

/// 2026-11-24 12:00:00 UTC.
pub(crate) const NOON: UnixMillis = UnixMillis(1_795_521_600_000);

/// Gives what it was set to.
#[derive(Debug)]
pub(crate) struct TestClock(AtomicU64);

impl TestClock {
    pub(crate) fn at_noon() -> Arc<Self> {
        Arc::new(Self(AtomicU64::new(NOON.0)))
    }

    pub(crate) fn advance(&self, duration: Duration) {
        self.0
            .fetch_add(u64::try_from(duration.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> UnixMillis {
        UnixMillis(self.0.load(Ordering::SeqCst))
    }
}

pub(crate) fn transport() -> Transport {
    Transport::new(&TransportOptions::default()).unwrap()
}

/// Lets a caller begin and go away.
pub(crate) fn hang_up(call: impl Future) {
    let mut call = pin!(call);
    assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
}

/// Asks until it is so, and fails after ten seconds.
pub(crate) async fn until(what: &str, mut so: impl FnMut() -> bool) {
    for _ in 0..1000 {
        if so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("in ten seconds it never came to be that {what}");
}
