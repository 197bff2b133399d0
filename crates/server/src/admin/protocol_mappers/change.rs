//! Changing and removing mappers.

use keyward_domain::id::MapperId;
use keyward_domain::scope::ProtocolMapper;

use super::owner::{Owner, mappers};
use super::read::MISSING;
use crate::admin::keycloak::mapper::ProtocolMapperRepresentation;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

/// `PUT …/protocol-mappers/models/{mapper}`.
pub(super) async fn update(call: &AdminCall) -> Result<Answer, AdminError> {
    mappers(call)?;
    let id: MapperId = call.id("mapper", MISSING)?;
    let sent: ProtocolMapperRepresentation = call.representation()?;
    let mut tx = call.write().await?;
    let mut owner = Owner::current(call, &mut *tx).await?;
    let list = owner.mappers();
    if !list.iter().any(|mapper| mapper.id == id) {
        return Err(AdminError::not_found(MISSING));
    }
    let new = ProtocolMapper { id, ..sent.row()? };
    let named_alike =
        |other: &ProtocolMapper| other.id != id && other.name == new.name && other.protocol == new.protocol;
    if list.iter().any(named_alike) {
        return Err(AdminError::Conflict("Protocol mapper exists with same name".into()));
    }
    if let Some(place) = list.iter_mut().find(|mapper| mapper.id == id) {
        *place = new;
    }
    owner.write(&mut *tx).await?;
    let done = Done::new(Operation::Update, "PROTOCOL_MAPPER", call.resource_path());
    call.commit(tx, done).await?;
    Ok(Answer::no_content())
}

/// `DELETE …/protocol-mappers/models/{mapper}`.
pub(super) async fn delete(call: &AdminCall) -> Result<Answer, AdminError> {
    mappers(call)?;
    let id: MapperId = call.id("mapper", MISSING)?;
    let mut tx = call.write().await?;
    let mut owner = Owner::current(call, &mut *tx).await?;
    let list = owner.mappers();
    let before = list.len();
    list.retain(|mapper| mapper.id != id);
    if list.len() == before {
        return Err(AdminError::not_found(MISSING));
    }
    owner.write(&mut *tx).await?;
    let done = Done::new(Operation::Delete, "PROTOCOL_MAPPER", call.resource_path());
    call.commit(tx, done).await?;
    Ok(Answer::no_content())
}
