//! What only the moment knows at which a token is made.

use std::borrow::Cow;
use std::net::IpAddr;

use serde_json::{Map, Value, json};

use super::plan::TokenPlan;
use super::{put, write};
use crate::id::SessionId;
use crate::scope::mapper::{ClaimPath, Form, Note, SessionNote};
use crate::timestamp::Timestamp;

/// The moment at which a token is made.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moment {
    /// The address that a client calls from which gets a token for itself.
    pub client_address: Option<IpAddr>,
    /// When the person proved who they are.
    pub auth_time: Option<Timestamp>,
    /// The login.
    pub session: Option<SessionId>,
}

/// A claim that waits for the moment.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Late {
    path: ClaimPath,
    form: Form,
    note: Note,
}

impl Late {
    pub(super) fn new(mapper: &SessionNote) -> Self {
        Self {
            path: mapper.path.clone(),
            form: mapper.form,
            note: mapper.note,
        }
    }

    fn value(&self, moment: Moment) -> Option<Value> {
        match self.note {
            Note::ClientAddress => self.form.of_text(&moment.client_address?.to_string()),
            Note::AuthTime => self.form.of_text(&moment.auth_time?.secs().to_string()),
            Note::ClientId => None,
        }
    }
}

impl TokenPlan {
    /// The claims of the remaining mappers, those included that waited for the moment.
    pub fn claims(&self, moment: Moment) -> Cow<'_, Map<String, Value>> {
        let mut claims = Cow::Borrowed(&self.extra);
        for late in &self.late {
            if let Some(value) = late.value(moment) {
                put(claims.to_mut(), &late.path, value, late.form.multivalued);
            }
        }
        if self.session_state
            && let Some(session) = moment.session
        {
            let name = "session_state".to_owned();
            claims.to_mut().insert(name, Value::String(session.to_string()));
        }
        claims
    }

    /// Members of the token answer, those included that waited for the moment.
    pub fn answer(&self, moment: Moment) -> Cow<'_, Map<String, Value>> {
        let mut members = Cow::Borrowed(&self.response);
        for late in &self.late_response {
            if let Some(value) = late.value(moment) {
                write::put(members.to_mut(), &late.path, value, late.form.multivalued);
            }
        }
        members
    }

    /// Everything that stands in an answer or a token as a claim of its own, roles and origins among it: what an ID
    /// token or the userinfo endpoint says.
    pub fn members(&self, moment: Moment) -> Map<String, Value> {
        let mut members = self.claims(moment).into_owned();
        let roles = |names: &[String]| json!({ "roles": names });
        if !self.realm_roles.is_empty() {
            members.insert("realm_access".into(), roles(&self.realm_roles));
        }
        if !self.client_roles.is_empty() {
            let of_clients = self.client_roles.iter();
            let of_clients = of_clients.map(|(client_id, names)| (client_id.clone(), roles(names)));
            members.insert("resource_access".into(), Value::Object(of_clients.collect()));
        }
        members
    }
}
