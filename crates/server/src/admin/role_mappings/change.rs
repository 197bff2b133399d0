//! Giving and taking roles.

use keyward_domain::id::RoleId;

use super::owner::Owner;
use super::sent::{container, roles};
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};
use crate::admin::roles::grantable;

/// `POST …/realm` and `…/clients/{container}`.
pub(super) async fn add(call: &AdminCall) -> Result<Answer, AdminError> {
    let of = container(call)?;
    let owner = Owner::find(call).await?;
    let given = roles(call, of)?;
    allowed(call, owner, &given)?;
    let mut tx = call.write().await?;
    for &role in &given {
        owner.add(&mut *tx, role).await?;
    }
    let mut done = Done::new(Operation::Create, owner.resource_type(of), call.resource_path());
    done.touched = owner.touched();
    call.commit(tx, done).await?;
    Ok(Answer::no_content())
}

/// `DELETE …/realm` and `…/clients/{container}`: without a body, all of them.
pub(super) async fn remove(call: &AdminCall) -> Result<Answer, AdminError> {
    let of = container(call)?;
    let owner = Owner::find(call).await?;
    let taken = if call.raw_body().is_empty() {
        let book = &call.realm()?.roles;
        let direct = owner.mappings(call).await?.direct;
        let of_container = |id: &RoleId| book.role(*id).is_some_and(|role| role.client == of);
        direct.into_iter().filter(of_container).collect()
    } else {
        roles(call, of)?
    };
    allowed(call, owner, &taken)?;
    let mut tx = call.write().await?;
    for &role in &taken {
        owner.remove(&mut *tx, role).await?;
    }
    let mut done = Done::new(Operation::Delete, owner.resource_type(of), call.resource_path());
    done.touched = owner.touched();
    call.commit(tx, done).await?;
    Ok(Answer::no_content())
}

/// Nobody gives or takes a right over the realm that is not their own. What is let into tokens gives nobody anything.
fn allowed(call: &AdminCall, owner: Owner, given: &[RoleId]) -> Result<(), AdminError> {
    if owner.holds() {
        given.iter().try_for_each(|&role| grantable(call, role))
    } else {
        Ok(())
    }
}
