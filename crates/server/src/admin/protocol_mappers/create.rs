//! Adding mappers.

use keyward_domain::entropy;
use keyward_domain::id::MapperId;
use keyward_domain::scope::ProtocolMapper;

use super::owner::{Owner, mappers};
use crate::admin::keycloak::mapper::ProtocolMapperRepresentation;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};
use crate::http::entropy::SystemEntropy;

/// Most mappers of a client or of a scope.
const MOST: usize = 200;

/// `POST …/protocol-mappers/models`.
pub(super) async fn one(call: &AdminCall) -> Result<Answer, AdminError> {
    mappers(call)?;
    let mapper = new(call.representation()?)?;
    let id = mapper.id;
    let taken = AdminError::Conflict("Protocol mapper exists with same name".into());
    add(call, vec![mapper], taken).await?;
    Ok(Answer::created(&call.url(&id.to_string())))
}

/// `POST …/protocol-mappers/add-models`: all or none.
pub(super) async fn many(call: &AdminCall) -> Result<Answer, AdminError> {
    mappers(call)?;
    let sent: Vec<ProtocolMapperRepresentation> = call.json()?;
    let rows: Result<Vec<_>, AdminError> = sent.into_iter().map(new).collect();
    let taken = AdminError::ConflictOf("Protocol mapper name must be unique per protocol");
    add(call, rows?, taken).await?;
    Ok(Answer::no_content())
}

/// A new mapper has a new id, whatever was sent.
fn new(sent: ProtocolMapperRepresentation) -> Result<ProtocolMapper, AdminError> {
    Ok(ProtocolMapper {
        id: MapperId(entropy::uuid(&mut SystemEntropy)),
        ..sent.row()?
    })
}

async fn add(call: &AdminCall, rows: Vec<ProtocolMapper>, taken: AdminError) -> Result<(), AdminError> {
    let mut tx = call.write().await?;
    let mut owner = Owner::current(call, &mut *tx).await?;
    let mappers = owner.mappers();
    let path = call.resource_path().replace("/add-models", "/models");
    for row in rows {
        if mappers
            .iter()
            .any(|other| (&other.protocol, &other.name) == (&row.protocol, &row.name))
        {
            return Err(taken);
        }
        mappers.push(row);
    }
    if mappers.len() > MOST {
        return Err(AdminError::InvalidInput(
            "invalid_input",
            format!("More than {MOST} protocol mappers").into(),
        ));
    }
    owner.write(&mut *tx).await?;
    call.commit(tx, Done::new(Operation::Create, "PROTOCOL_MAPPER", path))
        .await
}
