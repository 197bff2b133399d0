//! Pages of all people of a realm, while people come, go and are renamed: each is held against a sorted list.

use std::collections::BTreeMap;
use std::sync::Arc;

use keyward_domain::ports::Store;
use keyward_domain::ports::users::{Paging, UserQuery};
use keyward_domain::realm::Realm;
use keyward_domain::user::User;

use super::{read, world, write};
use crate::builders;

/// More than a page is counted along at once.
const MANY: usize = 2_500;

/// The people of a realm by name.
struct Crowd {
    realm: Realm,
    people: BTreeMap<String, User>,
    /// Where the next page begins.
    chance: usize,
}

impl Crowd {
    async fn new(store: &Arc<dyn Store>, realm: Realm, others: impl IntoIterator<Item = User>) -> Self {
        let mut people: BTreeMap<String, User> = others.into_iter().map(|user| (user.username.clone(), user)).collect();
        let mut tx = write(store).await;
        for number in 0..MANY {
            let user = builders::user(&realm, &format!("{:05}", number * 14));
            tx.insert_user(&user).await.unwrap();
            people.insert(user.username.clone(), user);
        }
        tx.commit().await.unwrap();
        Self {
            realm,
            people,
            chance: 1,
        }
    }

    fn chance(&mut self, below: usize) -> usize {
        self.chance = self.chance.wrapping_mul(48_271) % 0x7fff_ffff;
        self.chance % below
    }

    fn somebody(&mut self) -> User {
        let at = self.chance(self.people.len());
        self.people.values().nth(at).unwrap().clone()
    }

    async fn changes(&mut self, store: &Arc<dyn Store>, how: usize) {
        let mut tx = write(store).await;
        match how % 4 {
            0 => {
                let name = format!("{:05}a", self.chance(MANY * 14));
                let user = builders::user(&self.realm, &name);
                tx.insert_user(&user).await.unwrap();
                self.people.insert(name, user);
            }
            1 => {
                let user = self.somebody();
                assert!(tx.delete_user(self.realm.id, user.id).await.unwrap());
                self.people.remove(&user.username);
            }
            2 => {
                let mut user = self.somebody();
                self.people.remove(&user.username);
                user.username = format!("{}b", user.username);
                assert!(tx.update_user(&user).await.unwrap());
                self.people.insert(user.username.clone(), user);
            }
            _ => {
                drop(tx);
                self.undone_and_done(store).await;
                return;
            }
        }
        tx.commit().await.unwrap();
    }

    /// What is undone leaves nothing behind, though its pages were read, and somebody else goes in the same way after it.
    async fn undone_and_done(&mut self, store: &Arc<dyn Store>) {
        let of = |name: &String, people: &BTreeMap<String, User>| people.get(name).unwrap().clone();
        let first = of(self.people.keys().next().unwrap(), &self.people);
        let last = of(self.people.keys().next_back().unwrap(), &self.people);
        let mut tx = write(store).await;
        assert!(tx.delete_user(self.realm.id, last.id).await.unwrap());
        for first in (200..2_000).step_by(150) {
            let paging = Paging { first, max: 5 };
            tx.users(self.realm.id, &UserQuery::default(), paging).await.unwrap();
        }
        drop(tx);
        let mut tx = write(store).await;
        assert!(tx.delete_user(self.realm.id, first.id).await.unwrap());
        tx.commit().await.unwrap();
        self.people.remove(&first.username);
        for first in (210..2_000).step_by(150) {
            self.is_paged(store, first).await;
        }
    }

    async fn is_paged(&self, store: &Arc<dyn Store>, first: usize) {
        let (max, query) = (20, UserQuery::default());
        let paging = Paging {
            first: i64::try_from(first).unwrap(),
            max,
        };
        let mut tx = read(store).await;
        let page = tx.users(self.realm.id, &query, paging).await.unwrap();
        let found: Vec<&str> = page.iter().map(|user| user.username.as_str()).collect();
        let expected: Vec<&str> = self.people.keys().skip(first).take(20).map(String::as_str).collect();
        assert_eq!(found, expected, "from {first}");
        let count = tx.count_users(self.realm.id, &query).await.unwrap();
        assert_eq!(usize::try_from(count).unwrap(), self.people.len());
    }
}

/// Near, far and behind the end, one after the other and here and there.
pub async fn everybody_is_on_one_page_whoever_comes_and_goes(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let mut tx = write(&store).await;
    let account = builders::service_account(&world.realm, &world.client);
    tx.insert_user(&account).await.unwrap();
    tx.commit().await.unwrap();
    let mut crowd = Crowd::new(&store, world.realm, [world.user]).await;
    for how in 0..16 {
        for page in 0..4 {
            let first = crowd.chance(MANY + 100);
            crowd.is_paged(&store, first).await;
            // The page after it.
            crowd.is_paged(&store, first + 20 * page).await;
        }
        crowd.changes(&store, how).await;
    }
}

/// A realm that was deleted and comes again under the same identifier, as an import brings it, has other people.
pub async fn another_realm_of_the_same_identifier_is_paged_anew(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let crowd = Crowd::new(&store, world.realm.clone(), [world.user]).await;
    for first in (1_000..MANY).step_by(100) {
        crowd.is_paged(&store, first).await;
    }
    let mut tx = write(&store).await;
    assert!(tx.delete_realm(crowd.realm.id).await.unwrap());
    tx.insert_realm(&crowd.realm).await.unwrap();
    let mut people = BTreeMap::new();
    // As many changes as before.
    for number in 0..=MANY {
        let user = builders::user(&crowd.realm, &format!("other{:05}", number * 7));
        tx.insert_user(&user).await.unwrap();
        people.insert(user.username.clone(), user);
    }
    tx.commit().await.unwrap();
    let crowd = Crowd { people, ..crowd };
    for first in (1_000..MANY).step_by(130) {
        crowd.is_paged(&store, first).await;
    }
}
