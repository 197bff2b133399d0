//! Failed logins of users (Keycloak's attack detection).

use keyward_domain::Timestamp;
use keyward_domain::id::UserId;
use keyward_domain::policy::lockout::{self, FailureRecord};
use keyward_domain::ports::Tx;
use keyward_domain::ports::audit::EventQuery;
use keyward_domain::ports::users::Paging;
use serde_json::{Value, json};

use super::rest::{AdminCall, AdminError, Answer, Done, Need, Offered, Operation, Route, route};
use crate::login::failures;

/// The routes of attack detection.
pub(crate) static ROUTES: &[Route] = &[
    route!(GET "/admin/realms/{realm}/attack-detection/brute-force/users/{user}", Need::ViewUsers, Offered::Full, get),
    route!(DELETE "/admin/realms/{realm}/attack-detection/brute-force/users/{user}", Need::ManageUsers, Offered::Full, forget),
    route!(DELETE "/admin/realms/{realm}/attack-detection/brute-force/users", Need::ManageUsers, Offered::Full, forget_all),
];

/// Shows what is counted of a user. As in Keycloak, nothing is counted of one who is not there.
async fn get(call: &AdminCall) -> Result<Answer, AdminError> {
    let realm = &call.realm()?.realm;
    let mut tx = call.read().await?;
    let user = user(call, &mut *tx).await?;
    let user = user.filter(|_| realm.settings.brute_force.protected);
    let Some(user) = user else {
        return Ok(Answer::json(&status(None, 0, None, call)));
    };
    let record = failures::of_user(&mut *tx, realm.id, user).await?;
    let codes = failures::codes_of_user(&mut *tx, realm.id, user).await?;
    let codes = codes.map_or(0, |codes| codes.failures);
    let Some(record) = record else {
        return Ok(Answer::json(&status(None, codes, None, call)));
    };
    let address = last_address(call, &mut *tx, user).await?;
    Ok(Answer::json(&status(Some(&record), codes, address.as_deref(), call)))
}

/// Forgets what is counted of a user.
async fn forget(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.write().await?;
    if let Some(user) = user(call, &mut *tx).await? {
        failures::forget(&mut *tx, call.realm_id()?, user).await?;
        let path = format!("attack-detection/brute-force/users/{user}");
        call.commit(
            tx,
            Done::new(Operation::Delete, "USER_LOGIN_FAILURE", path).of_nothing(),
        )
        .await?;
    }
    Ok(Answer::no_content())
}

/// Forgets what is counted of every user.
async fn forget_all(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.write().await?;
    tx.clear_login_failures_of_users(call.realm_id()?).await?;
    let path = "attack-detection/brute-force/users";
    call.commit(
        tx,
        Done::new(Operation::Delete, "USER_LOGIN_FAILURE", path).of_nothing(),
    )
    .await?;
    Ok(Answer::no_content())
}

/// The row of a user of this realm.
async fn user(call: &AdminCall, tx: &mut dyn Tx) -> Result<Option<UserId>, AdminError> {
    let Ok(id) = call.param("user").parse() else {
        return Ok(None);
    };
    Ok(tx.user(call.realm_id()?, id).await?.map(|user| user.id))
}

/// Where the last failure came from: the audit log knows.
async fn last_address(call: &AdminCall, tx: &mut dyn Tx, user: UserId) -> Result<Option<String>, AdminError> {
    let query = EventQuery {
        names: vec!["login_failed".into()],
        members: vec![("user_id", user.to_string())],
        ..EventQuery::default()
    };
    let page = Paging { first: 0, max: 1 };
    let found = tx.events(call.realm()?.realm.name.as_str(), &query, page).await?;
    let record = found
        .first()
        .and_then(|event| serde_json::from_str::<Value>(&event.record).ok());
    Ok(record.and_then(|record| record.get("address")?.as_str().map(str::to_owned)))
}

fn status(record: Option<&FailureRecord>, codes: i64, address: Option<&str>, call: &AdminCall) -> Value {
    let counted = record.copied().unwrap_or_default();
    json!({
        "failedLoginNotBefore": counted.locked_until.map_or(0, Timestamp::secs),
        "numFailures": counted.failures,
        "numTemporaryLockouts": counted.temporary_lockouts,
        "disabled": lockout::is_locked(record, call.cx.now),
        "numSecondaryAuthFailures": codes,
        "lastIPFailure": address.unwrap_or("n/a"),
        "lastFailure": counted.last_failure_at.millis(),
    })
}
