//! The mirror of users' attributes that a search looks at. What they are stands in the profile.

use std::borrow::Cow;
use std::fmt::Write as _;

use keyward_domain::Fault;
use keyward_domain::id::UserId;
use keyward_domain::user::User;
use keyward_jose::digest::sha256;

use super::fits_an_index;
use crate::param::params;
use crate::statement::Sql;
use crate::transaction::Transaction;

static INSERT: Sql = Sql::new(
    "insert into user_attributes (realm_id, name, value, user_id) values ($1, $2, $3, $4) on conflict do nothing",
);

static DELETE: Sql = Sql::new("delete from user_attributes where user_id = $1");

/// What the mirror of a longer text begins with. A text that begins so by itself has a digest too.
const DIGEST: &str = "sha256:";

/// Adds those of a new user.
pub(super) async fn insert(tx: &mut Transaction, user: &User) -> Result<(), Fault> {
    for (name, values) in &user.profile.attributes {
        for value in values {
            let params = params![user.realm, mirrored(name), mirrored(value), user.id];
            tx.execute(&INSERT, params).await?;
        }
    }
    Ok(())
}

/// Replaces those of a user.
pub(super) async fn replace(tx: &mut Transaction, user: &User) -> Result<(), Fault> {
    delete(tx, user.id).await?;
    insert(tx, user).await
}

async fn delete(tx: &mut Transaction, user: UserId) -> Result<(), Fault> {
    tx.execute(&DELETE, params![user]).await?;
    Ok(())
}

/// A name or a value as the mirror has it.
pub(super) fn mirrored(text: &str) -> Cow<'_, str> {
    if fits_an_index(text) && !text.starts_with(DIGEST) {
        return Cow::Borrowed(text);
    }
    let digest = sha256(text.as_bytes());
    Cow::Owned(digest.iter().fold(DIGEST.to_owned(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}

#[cfg(test)]
mod tests {
    use super::mirrored;

    #[test]
    fn a_long_text_is_mirrored_by_its_digest_and_no_short_one_looks_like_it() {
        let long = "a".repeat(256);
        let digest = mirrored(&long);
        assert_eq!(digest.len(), "sha256:".len() + 64);
        assert_ne!(mirrored(&digest), digest);
        assert_eq!(mirrored(&long[1..]), long[1..]);
    }
}
