//! Which place people have in the order of user names.
//!
//! A page far down would be counted from the first name on, thousands of entries of an index. But whoever asks for it
//! asks for the next one too: where a page ended is remembered, and the next ones are counted from there. All that is
//! remembered of a realm holds until one of its people comes, goes or is renamed, which the row of the realm in
//! `user_counts` tells. Where that is not kept, on PostgreSQL, nothing is remembered.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use keyward_domain::id::RealmId;

/// Realms of which places are remembered; the one that has been there longest makes room.
const REALMS: usize = 16;

/// Places remembered of a realm: of half a million people.
const PLACES: usize = 4_096;

/// Two places are so far apart at least.
const APART: i64 = 128;

/// What is remembered, shared by all transactions of a store.
#[derive(Default)]
pub(crate) struct Places(Mutex<Vec<(RealmId, Known)>>);

/// Of one realm.
struct Known {
    state: i64,
    names: BTreeMap<i64, String>,
}

/// Somebody's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The state of the realm's people in which it is theirs.
    pub(super) state: i64,
    /// How many come before.
    pub(crate) before: i64,
    /// Whose it is.
    pub(super) username: String,
}

impl Places {
    /// The last known place that has at most `first` before it.
    pub(crate) fn up_to(&self, realm: RealmId, first: i64) -> Option<Place> {
        let realms = self.realms();
        let (_, known) = realms.iter().find(|(id, _)| *id == realm)?;
        let (before, username) = known.names.range(..=first).next_back()?;
        Some(Place {
            state: known.state,
            before: *before,
            username: username.clone(),
        })
    }

    /// Remembers a place. Those of another state are forgotten.
    pub(super) fn remember(&self, realm: RealmId, place: Place) {
        let mut realms = self.realms();
        let at = realms.iter().position(|(id, _)| *id == realm);
        let at = at.unwrap_or_else(|| {
            if realms.len() == REALMS {
                realms.remove(0);
            }
            let known = Known {
                state: place.state,
                names: BTreeMap::new(),
            };
            realms.push((realm, known));
            realms.len() - 1
        });
        let Some((_, known)) = realms.get_mut(at) else {
            return;
        };
        if known.state != place.state {
            known.state = place.state;
            known.names.clear();
        }
        let near = place.before.saturating_sub(APART)..=place.before.saturating_add(APART);
        if known.names.len() < PLACES && known.names.range(near).next().is_none() {
            known.names.insert(place.before, place.username);
        }
    }

    fn realms(&self) -> MutexGuard<'_, Vec<(RealmId, Known)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use keyward_domain::id::RealmId;
    use uuid::Uuid;

    use super::{APART, PLACES, Place, Places, REALMS};

    fn place(state: i64, before: i64) -> Place {
        Place {
            state,
            before,
            username: format!("user{before}"),
        }
    }

    fn realm(number: usize) -> RealmId {
        RealmId(Uuid::from_u128(u128::try_from(number).unwrap()))
    }

    #[test]
    fn the_nearest_place_before_is_found_until_the_state_is_another() {
        let places = Places::default();
        assert_eq!(places.up_to(realm(1), 500), None);
        places.remember(realm(1), place(7, 100));
        places.remember(realm(1), place(7, 300));
        assert_eq!(places.up_to(realm(1), 99), None);
        assert_eq!(places.up_to(realm(1), 299), Some(place(7, 100)));
        assert_eq!(places.up_to(realm(1), 300), Some(place(7, 300)));
        assert_eq!(places.up_to(realm(2), 300), None);
        places.remember(realm(1), place(8, 200));
        assert_eq!(places.up_to(realm(1), 999), Some(place(8, 200)));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let places = Places::default();
        let many = i64::try_from(PLACES).unwrap() + 10;
        for number in 0..many {
            places.remember(realm(0), place(1, number * 2 * APART));
            places.remember(realm(0), place(1, number * 2 * APART + 1));
        }
        assert_eq!(places.realms()[0].1.names.len(), PLACES);
        for number in 1..=REALMS {
            places.remember(realm(number), place(1, 0));
        }
        assert_eq!(places.realms().len(), REALMS);
        assert_eq!(places.up_to(realm(0), i64::MAX), None);
    }
}
