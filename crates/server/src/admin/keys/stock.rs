//! RSA keys made ahead: one takes a tenth of a second or more, and whoever makes a realm waits for two.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

use keyward_jose::{KeyError, KeyType, SigningKey};

use crate::login::hashing::lower_priority;

/// Keys that are ready: enough for two realms, little to lose.
const READY: usize = 4;

/// Keys that are ready to be used, each once. The thread that makes them ends with it.
#[derive(Default)]
pub(crate) struct KeyStock {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    ready: Vec<SigningKey>,
    running: bool,
    over: bool,
}

impl KeyStock {
    /// Begins to make keys, on a thread of low priority. Doing it twice changes nothing.
    pub(crate) fn start(&self) {
        let mut state = self.shared.state.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::replace(&mut state.running, true) {
            return;
        }
        let shared = Arc::clone(&self.shared);
        let thread = thread::Builder::new().name("keyward-keys".into()).spawn(move || {
            lower_priority();
            shared.fill();
        });
        if let Err(error) = thread {
            tracing::warn!("no keys are made ahead: {error}");
        }
    }

    /// A key, made now when none is ready.
    pub(crate) async fn take(&self, key_type: KeyType) -> Result<SigningKey, keyward_domain::Fault> {
        if key_type == KeyType::Rsa2048
            && let Some(key) = self.shared.take()
        {
            return Ok(key);
        }
        made_now(key_type).await
    }
}

/// Makes a key, off the threads that answer requests.
pub(super) async fn made_now(key_type: KeyType) -> Result<SigningKey, keyward_domain::Fault> {
    let failed = |error: &dyn std::fmt::Display| keyward_domain::Fault::Crypto(error.to_string());
    let made = tokio::task::spawn_blocking(move || SigningKey::generate(key_type)).await;
    made.map_err(|error| failed(&error))?
        .map_err(|error: KeyError| failed(&error))
}

impl Shared {
    fn take(&self) -> Option<SigningKey> {
        let key = self.state.lock().unwrap_or_else(PoisonError::into_inner).ready.pop();
        self.changed.notify_one();
        key
    }

    fn fill(&self) {
        loop {
            let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            let is_full = |state: &mut State| state.ready.len() >= READY && !state.over;
            let state = self
                .changed
                .wait_while(state, is_full)
                .unwrap_or_else(PoisonError::into_inner);
            if state.over {
                return;
            }
            drop(state);
            let Ok(key) = SigningKey::generate(KeyType::Rsa2048) else {
                return;
            };
            self.state
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .ready
                .push(key);
            self.changed.notify_all();
        }
    }
}

impl Drop for KeyStock {
    fn drop(&mut self) {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner).over = true;
        self.shared.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::{KeyStock, KeyType, PoisonError, READY};

    #[tokio::test]
    async fn each_key_goes_out_once_and_another_is_made() {
        let stock = KeyStock::default();
        stock.start();
        stock.start();
        let shared = &stock.shared;
        let state = shared.state.lock().unwrap_or_else(PoisonError::into_inner);
        let full = shared.changed.wait_while(state, |state| state.ready.len() < READY);
        drop(full.unwrap_or_else(PoisonError::into_inner));
        let one = stock.take(KeyType::Rsa2048).await.unwrap();
        let other = stock.take(KeyType::Rsa2048).await.unwrap();
        assert_ne!(one.kid(), other.kid());
        let state = shared.state.lock().unwrap_or_else(PoisonError::into_inner);
        let full = shared.changed.wait_while(state, |state| state.ready.len() < READY);
        assert_eq!(full.unwrap_or_else(PoisonError::into_inner).ready.len(), READY);
    }

    #[tokio::test]
    async fn without_a_thread_they_are_made_when_they_are_asked_for() {
        let stock = KeyStock::default();
        assert!(stock.take(KeyType::P256).await.is_ok());
        assert!(stock.take(KeyType::Rsa2048).await.is_ok());
    }
}
