//! Making a realm, from a name alone or from a whole realm file.

use serde_json::json;

use super::import::{self, ImportError, Problems, Source};
use super::master::{ADMIN, Master};
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

/// Makes it. As in Keycloak, whoever makes one administers it from now on. What was not carried stands in the log,
/// and in the answer when it was asked for by `report`, which is ours.
pub(super) async fn post(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut files = import::realms(call.json_text()?).map_err(|problems| refused(&problems))?;
    let (Some(file), true) = (files.pop(), files.is_empty()) else {
        return Err(AdminError::invalid("the body must hold one realm"));
    };
    let source = Source {
        public_url: &call.app.settings.public_url,
        sealer: &call.app.sealer,
        now: call.cx.now,
    };
    let plan = import::prepare(file, source, &call.app.key_stock)
        .await
        .map_err(answer)?;
    let mut tx = call.write().await?;
    let master = Master::in_memory(&call.app).await?;
    let inserted = import::insert(&mut *tx, &plan, master.as_ref(), call.cx.now).await;
    let mut admitted = inserted.map_err(answer)?;
    if let Some(master) = &master {
        let (caller, name) = (&call.caller, &plan.rows.realm.name);
        if !caller.holds_in_master(ADMIN) {
            master.appoint(&mut *tx, name, caller.user()).await?;
            // A service account's roles stand in master's memory: that is read anew.
            admitted = None;
        }
    }
    let name = plan.rows.realm.name.as_str();
    let done = Done::new(Operation::Create, "REALM", name).with(json!({ "realm": name }));
    call.commit_in(tx, plan.rows.realm.id, name, done).await?;
    match (admitted, master) {
        (Some(admitted), _) => admitted.tell_memory(&call.app).await,
        (None, Some(master)) => call.app.realms.changed(master.realm.id).await?,
        (None, None) => {}
    }
    for note in &plan.report.notes {
        tracing::info!(realm = name, "import: {note}");
    }
    Ok(match call.query.flag("report") {
        Some(true) => Answer::created_with(&call.url(name), &plan.report),
        Some(false) | None => Answer::created(&call.url(name)),
    })
}

fn answer(error: ImportError) -> AdminError {
    match error {
        ImportError::Problems(problems) => refused(&problems),
        ImportError::Exists(_) | ImportError::Master => AdminError::Conflict(error.to_string()),
        ImportError::Duplicate => AdminError::Conflict("Duplicate resource error".into()),
        ImportError::Fault(fault) => fault.into(),
    }
}

/// What is wrong, with its places: the first alone in Keycloak's member, all of them beside it. A wrong name alone is
/// said as Keycloak says it.
pub(super) fn refused(problems: &Problems) -> AdminError {
    let first = problems.told().first();
    if let [only] = problems.told()
        && only.path == "realm"
    {
        return AdminError::Invalid(only.message.clone().into());
    }
    let message = first.map_or_else(String::new, |problem| match problem.path.as_str() {
        "realm" => problem.message.clone(),
        _ => problem.to_string(),
    });
    AdminError::InvalidField(json!({
        "errorMessage": message,
        "errors": problems.told(),
        "more": problems.more(),
    }))
}
