//! One-time password devices.

use std::collections::BTreeSet;

use keyward_domain::Fault;
use keyward_domain::credential::Otp;
use keyward_domain::id::{CredentialId, RealmId, UserId};
use keyward_jose::totp::{TotpAlgorithm, TotpDigits, TotpParams};

use crate::building::Building;
use crate::param::params;
use crate::row::{Row, only};
use crate::statement::Sql;
use crate::transaction::Transaction;

static INSERT: Sql = Sql::new(
    "insert into otps (id, user_id, label, algorithm, digits, period, sealed, last_step, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
);

static OF_USER: Sql = Sql::new(
    "select id, user_id, label, algorithm, digits, period, sealed, last_step, created_at
     from otps where user_id = $1 order by created_at, id",
);

static OF_REALM: Sql = Sql::new(
    "select o.id, o.user_id, o.label, o.algorithm, o.digits, o.period, o.sealed, o.last_step, o.created_at
     from otps o join users u on u.id = o.user_id where u.realm_id = $1 order by o.created_at, o.id",
);

static DELETE_OTHERS: Sql = Sql::new("delete from otps where user_id = $1 and id <> $2");

static DELETE: Sql = Sql::new("delete from otps where user_id = $1 and id = $2");

static LABEL: Sql = Sql::new("update otps set label = $3 where user_id = $1 and id = $2");

static USE_STEP: Sql = Sql::new("update otps set last_step = $2 where id = $1 and last_step < $2");

static RESEAL: Sql = Sql::new("update otps set sealed = $3 where id = $1 and sealed = $2");

/// How many users one statement asks about: far below the values that either database takes.
const AT_ONCE: usize = 1000;

pub(super) async fn insert(tx: &mut Transaction, otp: &Otp) -> Result<(), Fault> {
    let period = i64::try_from(otp.params.period);
    let params = params![
        otp.id,
        otp.user,
        &otp.label,
        algorithm(otp.params.algorithm),
        digits(otp.params.digits),
        period.map_err(|_| Fault::Corrupt("a time step is too long".into()))?,
        &otp.sealed,
        otp.last_step,
        otp.created_at
    ];
    tx.insert(&INSERT, params, "a one-time password device of this id")
        .await
}

pub(super) async fn delete_others(tx: &mut Transaction, user: UserId, keep: CredentialId) -> Result<u64, Fault> {
    tx.execute(&DELETE_OTHERS, params![user, keep]).await
}

pub(super) async fn delete(tx: &mut Transaction, user: UserId, id: CredentialId) -> Result<bool, Fault> {
    Ok(tx.execute(&DELETE, params![user, id]).await? > 0)
}

pub(super) async fn label(tx: &mut Transaction, user: UserId, id: CredentialId, label: &str) -> Result<bool, Fault> {
    Ok(tx.execute(&LABEL, params![user, id, label]).await? > 0)
}

pub(super) async fn of_user(tx: &mut Transaction, user: UserId) -> Result<Vec<Otp>, Fault> {
    tx.all(&OF_USER, params![user], otp).await
}

pub(super) async fn owners_among(tx: &mut Transaction, users: &[UserId]) -> Result<BTreeSet<UserId>, Fault> {
    let mut owners = BTreeSet::new();
    for some in users.chunks(AT_ONCE) {
        let mut building = Building::new("select distinct user_id from otps where user_id in ");
        building.bind_list(some.iter().copied());
        let (sql, params) = building.finish();
        let found: Vec<UserId> = tx.all(&sql.by_index(), &params, only).await?;
        owners.extend(found);
    }
    Ok(owners)
}

pub(super) async fn of_realm(tx: &mut Transaction, realm: RealmId) -> Result<Vec<Otp>, Fault> {
    tx.all(&OF_REALM, params![realm], otp).await
}

pub(super) async fn use_step(tx: &mut Transaction, id: CredentialId, step: i64) -> Result<bool, Fault> {
    Ok(tx.execute(&USE_STEP, params![id, step]).await? > 0)
}

pub(super) async fn reseal(tx: &mut Transaction, id: CredentialId, old: &[u8], new: &[u8]) -> Result<bool, Fault> {
    Ok(tx.execute(&RESEAL, params![id, old, new]).await? > 0)
}

fn otp(row: &mut Row<'_>) -> Result<Otp, Fault> {
    Ok(Otp {
        id: row.get()?,
        user: row.get()?,
        label: row.get()?,
        params: TotpParams {
            algorithm: row.parsed(parse_algorithm)?,
            digits: parse_digits(row.get()?)?,
            period: row.get::<i64>()?.try_into().map_err(|_| unreadable())?,
        },
        sealed: row.get()?,
        last_step: row.get()?,
        created_at: row.get()?,
    })
}

const fn algorithm(algorithm: TotpAlgorithm) -> &'static str {
    match algorithm {
        TotpAlgorithm::Sha1 => "SHA1",
        TotpAlgorithm::Sha256 => "SHA256",
        TotpAlgorithm::Sha512 => "SHA512",
    }
}

fn parse_algorithm(text: &str) -> Option<TotpAlgorithm> {
    [TotpAlgorithm::Sha1, TotpAlgorithm::Sha256, TotpAlgorithm::Sha512]
        .into_iter()
        .find(|known| algorithm(*known) == text)
}

const fn digits(digits: TotpDigits) -> i64 {
    match digits {
        TotpDigits::Six => 6,
        TotpDigits::Eight => 8,
    }
}

fn parse_digits(number: i64) -> Result<TotpDigits, Fault> {
    [TotpDigits::Six, TotpDigits::Eight]
        .into_iter()
        .find(|known| digits(*known) == number)
        .ok_or_else(unreadable)
}

fn unreadable() -> Fault {
    Fault::Corrupt("a one-time password device does not hold what it should".into())
}
