use std::path::PathBuf;

use keyward_domain::id::UserId;
use keyward_domain::realm::{Realm, RealmName};
use keyward_domain::user::{Profile, User};
use keyward_domain::{Timestamp, entropy};
use keyward_storage::Location;

use crate::people::SystemEntropy;
use crate::{Failure, clock};

/// Rows of one transaction.
const AT_ONCE: usize = 5_000;

const FIRST_NAMES: [&str; 20] = [
    "Ada", "Bruno", "Chloe", "David", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jan", "Kira", "Luca", "Mona", "Noor",
    "Olga", "Paul", "Rosa", "Sven", "Tara", "Uwe",
];
const LAST_NAMES: [&str; 16] = [
    "Adler", "Berger", "Costa", "Dubois", "Evans", "Fischer", "Garcia", "Huber", "Ito", "Jensen", "Kowalski", "Lopez",
    "Meyer", "Novak", "Olsen", "Peters",
];

/// Writes so many people of the realm demo beside the running server: by the API each would be a transaction.
pub(super) async fn write(database: PathBuf, count: usize) -> Result<(), Failure> {
    let store = keyward_storage::open(Location::Sqlite(database)).await?.store();
    let name = RealmName::parse("demo")?;
    let realm = store.read().await?.realm_by_name(&name).await?.ok_or("no realm demo")?;
    let mut number = 0;
    while number < count {
        let mut tx = store.write().await?;
        for _ in 0..AT_ONCE.min(count - number) {
            tx.insert_user(&person(&realm, number)).await?;
            number += 1;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// The user name of the person of this number. Neighbours by name are not neighbours by number.
pub(super) fn username(number: usize) -> String {
    let first = FIRST_NAMES.get(number % FIRST_NAMES.len()).copied().unwrap_or_default();
    format!("{}.{number:06}", first.to_lowercase())
}

fn person(realm: &Realm, number: usize) -> User {
    let pick = |names: &[&str], at: usize| names.get(at % names.len()).map(|&name| name.to_owned());
    let username = username(number);
    User {
        id: UserId(entropy::uuid(&mut SystemEntropy)),
        realm: realm.id,
        enabled: true,
        service_account_of: None,
        created_at: clock::wall(),
        not_before: Timestamp::default(),
        required_actions: Vec::new(),
        profile: Profile {
            email: Some(format!("{username}@example.com")),
            email_verified: true,
            first_name: pick(&FIRST_NAMES, number),
            last_name: pick(&LAST_NAMES, number / FIRST_NAMES.len()),
            ..Profile::default()
        },
        username,
    }
}
