use std::pin::pin;
use std::sync::mpsc;
use std::task::{Context, Waker};

use super::{Arc, Entropy, HashingError, PasswordError, PasswordHashing, Secret, Timestamp, Verdict};

const NOW: Timestamp = Timestamp::from_secs(1_000_000);

struct Fixed;

impl Entropy for Fixed {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

fn hashing() -> PasswordHashing {
    PasswordHashing::with(1, 1, &mut Fixed).unwrap()
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

#[tokio::test]
async fn the_right_password_and_no_other() {
    let hashing = hashing();
    let phc: Arc<str> = hashing
        .hash(secret("correct horse"), [5; 16], NOW)
        .await
        .unwrap()
        .into();
    assert!(phc.starts_with("$argon2id$v=19$m=7168,t=5,p=1$"), "{phc}");
    let verdict = |matches| Verdict {
        matches,
        outdated: false,
    };
    let right = hashing.verify(Arc::clone(&phc), secret("correct horse"), NOW).await;
    assert_eq!(right, Ok(verdict(true)));
    let wrong = hashing.verify(phc, secret("correct horsf"), NOW).await;
    assert_eq!(wrong, Ok(verdict(false)));
    assert_eq!(hashing.verify_nobody(secret("correct horse"), NOW).await, Ok(()));
    let other = "$argon2id$v=19$m=64,t=1,p=1$AQEBAQEBAQEBAQEBAQEBAQ$yIJw7xJzdYF6T6ewWAH0eFvsLRQ2PktVpNXtKr4qiHQ";
    let imported = hashing.verify(other.into(), secret("imported"), NOW).await;
    assert_eq!(
        imported,
        Ok(Verdict {
            matches: true,
            outdated: true
        })
    );
    let malformed = hashing.verify("plain".into(), secret("plain"), NOW).await;
    assert_eq!(malformed, Err(HashingError::Password(PasswordError::Malformed)));
}

/// Karl of the recorded realm of Keycloak: PBKDF2 with SHA-1, 20,000 rounds, 64 bytes.
#[tokio::test]
async fn an_imported_pbkdf2_hash_is_compared_and_due_for_renewal() {
    let hashing = hashing();
    let karl = "$pbkdf2$i=20000,l=64$U7FXrRhp/4z7bojqWRqUng$YkNJOg8gtBzGDIdIMmBic+/nhwHCNJzVDZbZ321Kw3C3SuuBYNzSgCvM6Ad9HLoUTgfi5MV1vqRYudhopQhOSg";
    for (password, matches) in [("Karl-pass-44", true), ("Karl-pass-45", false)] {
        let verdict = hashing.verify(karl.into(), secret(password), NOW).await;
        assert_eq!(
            verdict,
            Ok(Verdict {
                matches,
                outdated: true
            })
        );
    }
}

#[tokio::test]
async fn an_unknown_user_takes_a_place_in_the_queue_too() {
    let hashing = hashing();
    let (gate, closed) = mpsc::channel::<()>();
    let (started, has_started) = mpsc::channel();
    let work = move || {
        started.send(()).unwrap();
        let _ = closed.recv();
    };
    let running = hashing.pool.submit(work, NOW).unwrap();
    has_started.recv().unwrap();

    let mut nobody = pin!(hashing.verify_nobody(secret("x"), NOW));
    let mut context = Context::from_waker(Waker::noop());
    assert!(nobody.as_mut().poll(&mut context).is_pending());
    assert_eq!(hashing.waiting(), 1);
    assert_eq!(hashing.oldest_waiting_millis(NOW.plus_secs(2)), 2000);
    let more = hashing.verify_nobody(secret("y"), NOW).await;
    assert_eq!(more, Err(HashingError::Busy));

    drop(gate);
    running.await.unwrap().into_result();
    assert_eq!(nobody.await, Ok(()));
    assert_eq!((hashing.waiting(), hashing.oldest_waiting_millis(NOW)), (0, 0));
}
