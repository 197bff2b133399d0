//! Seeing mappers.

use keyward_domain::id::MapperId;
use keyward_domain::scope::ProtocolMapper;

use super::owner::mappers;
use crate::admin::rest::{AdminCall, AdminError, Answer};

/// What Keycloak says of a mapper that is not there.
pub(super) const MISSING: &str = "Model not found";

/// `GET …/protocol-mappers/models`.
pub(super) async fn all(call: &AdminCall) -> Result<Answer, AdminError> {
    Ok(Answer::json(&mappers(call)?))
}

/// `GET …/protocol-mappers/protocol/{protocol}`.
pub(super) async fn of_protocol(call: &AdminCall) -> Result<Answer, AdminError> {
    let protocol = call.param("protocol");
    let found = mappers(call)?.iter().filter(|mapper| mapper.protocol == protocol);
    Ok(Answer::json(&found.collect::<Vec<&ProtocolMapper>>()))
}

/// `GET …/protocol-mappers/models/{mapper}`.
pub(super) async fn one(call: &AdminCall) -> Result<Answer, AdminError> {
    let mappers = mappers(call)?;
    let id: MapperId = call.id("mapper", MISSING)?;
    let found = mappers.iter().find(|mapper| mapper.id == id);
    Ok(Answer::json(found.ok_or(AdminError::not_found(MISSING))?))
}
