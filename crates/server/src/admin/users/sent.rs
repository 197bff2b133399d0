//! What a request that writes a user brought, beside the profile.

use keyward_domain::user::User;
use serde_json::Value;

use crate::admin::keycloak::user::UserRepresentation;
use crate::admin::rest::AdminCall;

/// Takes over what is kept as data only.
pub(super) fn keep(rep: &UserRepresentation, user: &mut User) {
    if let Some(link) = &rep.federation_link {
        user.profile
            .kept
            .insert("federationLink".into(), Value::String(link.clone()));
    }
}

/// The body of the request for the event: without credentials.
pub(super) fn told(call: &AdminCall) -> Value {
    let mut body: Value = serde_json::from_slice(call.raw_body()).unwrap_or_default();
    if let Some(members) = body.as_object_mut() {
        members.remove("credentials");
    }
    body
}
