//! An event while its request is answered.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Display, Write as _};

use keyward_domain::entropy;
use keyward_domain::id::EventId;
use keyward_domain::user_event::{UserEvent, UserEventType};

use crate::app::App;
use crate::http::edge::Cx;
use crate::http::entropy::SystemEntropy;
use crate::snapshot::RealmSnapshot;

/// Characters of a text that are kept at most: whoever logs in may type a megabyte.
const LONGEST: usize = 1000;

/// Characters of a `client_id` that nobody has.
const LONGEST_NAME: usize = 255;

/// An event that is not told yet: what the request has learned so far. Where the realm records none of its kind it
/// keeps nothing and costs nothing.
pub(crate) struct EventDraft {
    kind: UserEventType,
    event: Option<Box<UserEvent>>,
    records_done: bool,
    records_refused: bool,
}

impl EventDraft {
    /// Begins one.
    pub(crate) fn begin(realm: &RealmSnapshot, cx: &Cx, kind: UserEventType) -> Self {
        let records_done = realm.recorded.has(kind.done());
        let records_refused = realm.recorded.has(kind.refused());
        let event = (records_done || records_refused).then(|| {
            Box::new(UserEvent {
                id: EventId(entropy::growing_uuid(cx.now, &mut SystemEntropy)),
                realm: realm.realm.id,
                at: cx.now,
                name: Cow::Borrowed(kind.done()),
                client: None,
                user: None,
                session: None,
                address: Some(cx.address),
                error: None,
                details: BTreeMap::new(),
            })
        });
        Self {
            kind,
            event,
            records_done,
            records_refused,
        }
    }

    /// Whether anything of it is kept: what only an event asks for need not be found out otherwise.
    pub(crate) fn is_wanted(&self) -> bool {
        self.event.is_some()
    }

    /// `client_id`.
    pub(crate) fn client(&mut self, client_id: &str) -> &mut Self {
        if let Some(event) = &mut self.event {
            event.client = Some(bounded(client_id, LONGEST_NAME)).filter(|name| !name.is_empty());
        }
        self
    }

    /// Whom it is about.
    pub(crate) fn user(&mut self, user: impl Display) -> &mut Self {
        if let Some(event) = &mut self.event {
            event.user = Some(bounded(user, LONGEST_NAME));
        }
        self
    }

    /// The session that it is about.
    pub(crate) fn session(&mut self, session: impl Display) -> &mut Self {
        if let Some(event) = &mut self.event {
            event.session = Some(bounded(session, LONGEST_NAME));
        }
        self
    }

    /// A detail by Keycloak's key. Never a token, a code or a password.
    pub(crate) fn detail(&mut self, key: &'static str, value: impl Display) -> &mut Self {
        if let Some(event) = &mut self.event {
            event.details.insert(Cow::Borrowed(key), bounded(value, LONGEST));
        }
        self
    }

    /// A detail that may be absent.
    pub(crate) fn detail_if(&mut self, key: &'static str, value: Option<impl Display>) -> &mut Self {
        if let Some(value) = value {
            self.detail(key, value);
        }
        self
    }

    /// Takes back a detail that turned out to be none.
    pub(crate) fn without(&mut self, key: &'static str) -> &mut Self {
        if let Some(event) = &mut self.event {
            event.details.remove(key);
        }
        self
    }

    /// Another told it: this one says nothing any more.
    pub(crate) fn was_told(&mut self) {
        self.event = None;
    }

    /// It was done.
    pub(crate) fn done(self, app: &App) {
        if let Some(event) = self.event.filter(|_| self.records_done) {
            app.user_events.push(*event);
        }
    }

    /// It was refused, for a reason that Keycloak has a word for.
    pub(crate) fn refused(self, app: &App, error: &'static str) {
        if let Some(mut event) = self.event.filter(|_| self.records_refused) {
            event.name = Cow::Borrowed(self.kind.refused());
            event.error = Some(Cow::Borrowed(error));
            app.user_events.push(*event);
        }
    }
}

/// The beginning of a text. PostgreSQL keeps no NUL.
fn bounded(value: impl Display, longest: usize) -> String {
    let mut kept = Bounded {
        text: String::new(),
        left: longest,
    };
    // It ends early, with an error, where the text is longer.
    let _ = write!(kept, "{value}");
    kept.text
}

struct Bounded {
    text: String,
    left: usize,
}

impl fmt::Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            self.left = self.left.checked_sub(1).ok_or(fmt::Error)?;
            self.text.push(if character == '\0' { '\u{fffd}' } else { character });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::bounded;

    #[test]
    fn a_text_is_cut() {
        assert_eq!(bounded("anna", 4), "anna");
        assert_eq!(bounded("ännäx", 4), "ännä");
        assert_eq!(bounded(format_args!("{}{}", "ab", "cd"), 3), "abc");
        assert_eq!(bounded("x".repeat(1_000_000), 1000).len(), 1000);
        assert_eq!(bounded("a\0b", 9), "a\u{fffd}b");
    }
}
