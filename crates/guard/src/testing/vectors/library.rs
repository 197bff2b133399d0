//! The guard within the program that it guards.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::{Answer, Kind, Request, Seen, Shell, Stage};
use crate::audit::{Observer, Record};
use crate::guard::{Guard, Verdict};
use crate::normalise::RequestView;
use crate::revocation::Revocation;
use crate::settings::Settings;
use crate::testing::Revoked;

/// Plays vectors through [`Guard::check_at`] and [`Guard::response`], without a server.
#[derive(Debug, Default)]
pub struct Library {
    revoked: Arc<Revoked>,
}

/// A guard with its records.
pub struct LibraryShell {
    guard: Guard,
    records: Arc<Records>,
}

#[derive(Default)]
struct Records(Mutex<Vec<String>>);

impl Observer for Records {
    fn decided(&self, record: &Record<'_>) {
        let json = serde_json::to_string(record).unwrap_or_default();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend([json, format!("{record:?}")]);
    }
}

impl fmt::Display for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the library")
    }
}

impl Stage for Library {
    type Shell = LibraryShell;

    fn kind(&self) -> Kind {
        Kind::Library
    }

    #[expect(clippy::panic, reason = "a configuration of the tests that is wrong proves nothing")]
    async fn open(&self, config: String) -> LibraryShell {
        let records = Arc::new(Records::default());
        let built = Settings::from_toml(&config).and_then(|settings| {
            Guard::builder(settings)
                .observer(Arc::clone(&records) as Arc<dyn Observer>)
                .revocations(Arc::clone(&self.revoked) as _)
                .build()
        });
        let guard = built.unwrap_or_else(|error| panic!("{error}"));
        if let Err(error) = guard.start().await {
            panic!("{error}");
        }
        LibraryShell { guard, records }
    }

    fn revoke(&self, token_id: &str, revocation: Revocation) {
        self.revoked.say(token_id, revocation);
    }
}

impl Shell for LibraryShell {
    async fn send(&self, request: &Request) -> Answer {
        let mut fields = request.fields();
        let view = RequestView {
            method: &request.method,
            target: &request.target,
            host: request.host.as_deref(),
            headers: &fields,
            peer: request.peer,
        };
        let mut decision = self.guard.check_at(view, request.now).await;
        let denial = match &decision.verdict {
            Verdict::Deny(denial) => Some(denial),
            Verdict::Allow | Verdict::Answer(_) => decision.shadowed.as_ref(),
        };
        let reason = denial.map(|denial| denial.reason.code().to_owned());
        let mut written = std::mem::take(&mut *self.records.0.lock().unwrap_or_else(PoisonError::into_inner));
        written.push(format!("{decision:?}"));
        let mut answer = Answer {
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            early: false,
            reason,
            upstream: None,
            written,
        };
        if let Some(response) = self.guard.response(&mut decision, &fields) {
            let (head, body) = response.into_parts();
            (answer.status, answer.headers, answer.body) = (head.status, head.headers, body);
        } else {
            self.guard.dress(&decision, &fields, &mut answer.headers);
            decision.translate(&mut fields);
            answer.upstream = Some(Seen {
                target: request.target.clone(),
                headers: fields,
            });
        }
        answer
    }
}
