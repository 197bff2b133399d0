//! Failed logins: counted where the realm wants it, by person and by address, so that guessing becomes slow.

use async_trait::async_trait;
use keyward_domain::Fault;
use keyward_domain::event::{Event, What};
use keyward_domain::id::{RealmId, UserId};
use keyward_domain::policy::lockout::{self, AddressDelay, BruteForce, FailureRecord, Strategy};
use keyward_domain::ports::{LoginFailures, Tx};
use keyward_domain::user_event::UserEventType;

use super::verify::Attempt;
use crate::http::edge::Cx;
use crate::http::write::{Decide, write};
use crate::pages::date;
use crate::user_events::EventDraft;

/// Whether the user or the address has to wait.
pub(super) async fn is_locked(
    tx: &mut dyn LoginFailures,
    attempt: Attempt<'_>,
    user: Option<UserId>,
) -> Result<bool, Fault> {
    let Attempt { realm, cx, .. } = attempt;
    if !realm.realm.settings.brute_force.protected {
        return Ok(false);
    }
    let by_address = tx.login_failures(realm.realm.id, &address_key(cx)).await?;
    if lockout::is_locked(by_address.as_ref(), cx.now) {
        return Ok(true);
    }
    match user {
        Some(user) => is_person_locked(tx, attempt, user).await,
        None => Ok(false),
    }
}

/// Whether the user has to wait, whatever others did from the same address.
pub(super) async fn is_person_locked(
    tx: &mut dyn LoginFailures,
    attempt: Attempt<'_>,
    user: UserId,
) -> Result<bool, Fault> {
    let Attempt { realm, cx, .. } = attempt;
    if !realm.realm.settings.brute_force.protected {
        return Ok(false);
    }
    let record = tx.login_failures(realm.realm.id, &user_key(user)).await?;
    Ok(lockout::is_locked(record.as_ref(), cx.now))
}

/// Forgets a user's failures after a login. The address keeps its own.
pub(super) async fn forgive(tx: &mut dyn LoginFailures, attempt: Attempt<'_>, user: UserId) -> Result<(), Fault> {
    let Attempt { realm, .. } = attempt;
    tx.clear_login_failures(realm.realm.id, &code_key(user)).await?;
    if !realm.realm.settings.brute_force.protected {
        return Ok(());
    }
    let key = user_key(user);
    if let Some(record) = tx.login_failures(realm.realm.id, &key).await?
        && lockout::after_success(record).is_none()
    {
        tx.clear_login_failures(realm.realm.id, &key).await?;
    }
    Ok(())
}

/// What is counted of a user's passwords.
pub(crate) async fn of_user(
    tx: &mut dyn LoginFailures,
    realm: RealmId,
    user: UserId,
) -> Result<Option<FailureRecord>, Fault> {
    tx.login_failures(realm, &user_key(user)).await
}

/// What is counted of a user's codes.
pub(crate) async fn codes_of_user(
    tx: &mut dyn LoginFailures,
    realm: RealmId,
    user: UserId,
) -> Result<Option<FailureRecord>, Fault> {
    tx.login_failures(realm, &code_key(user)).await
}

/// Forgets everything that is counted of a user. Returns whether there was something.
pub(crate) async fn forget(tx: &mut dyn LoginFailures, realm: RealmId, user: UserId) -> Result<bool, Fault> {
    let codes = tx.clear_login_failures(realm, &code_key(user)).await?;
    Ok(tx.clear_login_failures(realm, &user_key(user)).await? || codes)
}

/// Notes a failure that does not count.
pub(super) fn note(attempt: Attempt<'_>, user: Option<UserId>, reason: &'static str) {
    attempt.app.events.record(failure(attempt, user, reason));
    tell(attempt, user, reason);
}

/// Tells the realm's administrators of a failure.
fn tell(attempt: Attempt<'_>, user: Option<UserId>, reason: &'static str) {
    let mut draft = attempt.draft(UserEventType::Login);
    if let Some(user) = user {
        draft.user(user);
    }
    draft.refused(
        attempt.app,
        match reason {
            "unknown_user" => "user_not_found",
            "locked" => "user_temporarily_disabled",
            "disabled" | "wrong_password_of_disabled" => "user_disabled",
            _ => "invalid_user_credentials",
        },
    );
}

/// Tells them that a person is locked out from now on.
fn tell_locked(attempt: Attempt<'_>, user: UserId, record: &FailureRecord) {
    let kind = if record.permanently {
        UserEventType::UserDisabledByPermanentLockout
    } else {
        UserEventType::UserDisabledByTemporaryLockout
    };
    let mut draft = EventDraft::begin(attempt.realm, attempt.cx, kind);
    draft
        .user(user)
        .detail("reason", "brute_force_attack detected")
        .detail("num_failures", record.failures)
        .detail_if("not_before", record.locked_until.map(|until| date::iso(until.secs())));
    draft.done(attempt.app);
}

/// Wrong codes of a second factor are counted in every realm, whatever it says of passwords: a million guesses are
/// few, and whoever makes them has the password already.
const CODES: BruteForce = BruteForce {
    protected: true,
    permanent_lockout: false,
    max_temporary_lockouts: 0,
    strategy: Strategy::Multiple,
    max_failure_wait_seconds: 900,
    minimum_quick_login_wait_seconds: 0,
    wait_increment_seconds: 60,
    quick_login_check_milli_seconds: 0,
    max_delta_time_seconds: 43_200,
    failure_factor: 10,
};

/// Whether the user has to wait before another code is compared.
pub(super) async fn is_code_locked(
    tx: &mut dyn LoginFailures,
    attempt: Attempt<'_>,
    user: UserId,
) -> Result<bool, Fault> {
    let Attempt { realm, cx, .. } = attempt;
    let record = tx.login_failures(realm.realm.id, &code_key(user)).await?;
    Ok(lockout::is_locked(record.as_ref(), cx.now))
}

/// Counts a wrong code, for itself and as a failed login.
pub(super) async fn count_code(attempt: Attempt<'_>, user: UserId) -> Result<(), Fault> {
    write(attempt.app.store(), &CountCode { attempt, user }).await?;
    count(attempt, Some(user), "wrong_code").await
}

/// Counts a failure where the realm wants it, and notes it.
pub(crate) async fn count(attempt: Attempt<'_>, user: Option<UserId>, reason: &'static str) -> Result<(), Fault> {
    let failure = failure(attempt, user, reason);
    if attempt.realm.realm.settings.brute_force.protected {
        let locked = write(
            attempt.app.store(),
            &Count {
                attempt,
                user,
                failure: &failure,
            },
        )
        .await?;
        if let (Some(record), Some(user)) = (locked.user, user) {
            tell_locked(attempt, user, &record);
        }
        if let Some(permanently) = locked.permanently {
            let what = What::LoginLocked {
                user_id: user,
                permanently,
            };
            attempt.app.events.record(event(attempt, what));
        }
    }
    attempt.app.events.record(failure);
    tell(attempt, user, reason);
    Ok(())
}

fn code_key(user: UserId) -> String {
    format!("code:{user}")
}

fn user_key(user: UserId) -> String {
    format!("user:{user}")
}

fn address_key(cx: &Cx) -> String {
    format!("address:{}", AddressDelay::block(cx.address))
}

fn event(attempt: Attempt<'_>, what: What) -> Event {
    attempt.cx.event(attempt.realm.realm.name.as_str(), what)
}

fn failure(attempt: Attempt<'_>, user_id: Option<UserId>, reason: &'static str) -> Event {
    let client = attempt.client.map(str::to_owned);
    event(
        attempt,
        What::LoginFailed {
            user_id,
            client,
            reason,
        },
    )
}

/// The decision to count a wrong code.
struct CountCode<'a> {
    attempt: Attempt<'a>,
    user: UserId,
}

#[async_trait]
impl Decide for CountCode<'_> {
    type Output = ();

    async fn decide(&self, tx: &mut dyn Tx) -> Result<(), Fault> {
        let Attempt { realm, cx, .. } = self.attempt;
        let (id, key) = (realm.realm.id, code_key(self.user));
        let before = tx.lock_login_failures(id, &key).await?;
        let after = lockout::after_failure(before, cx.now, &CODES);
        tx.save_login_failures(id, &key, &after).await
    }
}

/// Who is locked now and was not.
#[derive(Default)]
struct Locked {
    /// Somebody, and whether for good.
    permanently: Option<bool>,
    /// The person, by what is remembered of them.
    user: Option<FailureRecord>,
}

/// The decision to count a failed login.
struct Count<'a> {
    attempt: Attempt<'a>,
    user: Option<UserId>,
    failure: &'a Event,
}

#[async_trait]
impl Decide for Count<'_> {
    type Output = Locked;

    async fn decide(&self, tx: &mut dyn Tx) -> Result<Locked, Fault> {
        let Attempt { realm, cx, .. } = self.attempt;
        let id = realm.realm.id;
        let mut locked = Locked::default();
        let is_new = |before: Option<&FailureRecord>, after: &FailureRecord| {
            lockout::is_locked(Some(after), cx.now) && !lockout::is_locked(before, cx.now)
        };
        // Always in this order, so that two of these never wait for each other.
        let key = address_key(cx);
        let before = tx.lock_login_failures(id, &key).await?;
        let after = AddressDelay::default().after_failure(before, cx.now);
        if is_new(before.as_ref(), &after) {
            locked.permanently = Some(after.permanently);
        }
        tx.save_login_failures(id, &key, &after).await?;
        if let Some(user) = self.user {
            let key = user_key(user);
            let before = tx.lock_login_failures(id, &key).await?;
            let after = lockout::after_failure(before, cx.now, &realm.realm.settings.brute_force);
            if is_new(before.as_ref(), &after) {
                locked.permanently = Some(after.permanently);
                locked.user = Some(after);
            }
            tx.save_login_failures(id, &key, &after).await?;
        }
        tx.append_event(self.failure).await?;
        Ok(locked)
    }
}
