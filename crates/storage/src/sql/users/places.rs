//! Which place people have in the order of user names.
//!
//! A page far down would be counted from the first name on, thousands of entries of an index. But whoever asks for it
//! asks for it again, or for the next one: where a page began and ended is remembered, and others are counted from
//! there. All that is remembered of a realm holds until one of its people comes, goes or is renamed, which the row of
//! the realm in `user_counts` tells. Where that is not kept, on PostgreSQL, nothing is remembered.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use keyward_domain::id::RealmId;

/// Realms of which places are remembered; the one that has been there longest makes room.
const REALMS: usize = 16;

/// Places remembered of a realm. When there are as many, every other one is forgotten.
const PLACES: usize = 4_096;

/// Two places are so far apart at first.
const APART: i64 = 16;

/// What is remembered, shared by all transactions of a store.
#[derive(Default)]
pub(crate) struct Places(Mutex<Vec<(RealmId, Known)>>);

/// Of one realm.
struct Known {
    state: i64,
    /// Two places are so far apart at least. The more people, the more there is between two places.
    apart: i64,
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

    /// Remembers that `before` people come before `username` while the realm's people are in this state. What was true
    /// in another one is forgotten.
    pub(super) fn remember(&self, realm: RealmId, state: i64, before: i64, username: &str) {
        let mut realms = self.realms();
        let at = realms.iter().position(|(id, _)| *id == realm);
        let at = at.unwrap_or_else(|| {
            if realms.len() == REALMS {
                realms.remove(0);
            }
            realms.push((realm, Known::nobody(state)));
            realms.len() - 1
        });
        let Some((_, known)) = realms.get_mut(at) else {
            return;
        };
        if known.state != state {
            *known = Known::nobody(state);
        }
        known.remember(before, username);
    }

    fn realms(&self) -> MutexGuard<'_, Vec<(RealmId, Known)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    const fn nobody(state: i64) -> Self {
        Self {
            state,
            apart: APART,
            names: BTreeMap::new(),
        }
    }

    fn remember(&mut self, before: i64, username: &str) {
        let nearer = self.apart - 1;
        let near = before.saturating_sub(nearer)..=before.saturating_add(nearer);
        if self.names.range(near).next().is_some() {
            return;
        }
        if self.names.len() == PLACES {
            self.apart = self.apart.saturating_mul(2);
            let mut stays = false;
            self.names.retain(|_, _| {
                stays = !stays;
                stays
            });
        }
        self.names.insert(before, username.to_owned());
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

    fn remember(places: &Places, number: usize, place: &Place) {
        places.remember(realm(number), place.state, place.before, &place.username);
    }

    fn realm(number: usize) -> RealmId {
        RealmId(Uuid::from_u128(u128::try_from(number).unwrap()))
    }

    #[test]
    fn the_nearest_place_before_is_found_until_the_state_is_another() {
        let places = Places::default();
        assert_eq!(places.up_to(realm(1), 500), None);
        remember(&places, 1, &place(7, 100));
        remember(&places, 1, &place(7, 100 + APART - 1));
        remember(&places, 1, &place(7, 300));
        assert_eq!(places.up_to(realm(1), 99), None);
        // The one in between is too near to another.
        assert_eq!(places.up_to(realm(1), 299), Some(place(7, 100)));
        assert_eq!(places.up_to(realm(1), 300), Some(place(7, 300)));
        assert_eq!(places.up_to(realm(2), 300), None);
        remember(&places, 1, &place(8, 200));
        assert_eq!(places.up_to(realm(1), 999), Some(place(8, 200)));
    }

    #[test]
    fn what_is_remembered_is_bounded_and_thinned_evenly() {
        let places = Places::default();
        let many = i64::try_from(PLACES).unwrap() + 1;
        for number in 0..many {
            remember(&places, 0, &place(1, number * APART));
        }
        assert_eq!(places.realms()[0].1.names.len(), PLACES / 2 + 1);
        assert_eq!(places.up_to(realm(0), 3 * APART), Some(place(1, 2 * APART)));
        // Nearer than what is left is not remembered any more.
        remember(&places, 0, &place(1, 3 * APART));
        assert_eq!(places.up_to(realm(0), 3 * APART), Some(place(1, 2 * APART)));
        for number in 1..=REALMS {
            remember(&places, number, &place(1, 0));
        }
        assert_eq!(places.realms().len(), REALMS);
        assert_eq!(places.up_to(realm(0), i64::MAX), None);
    }
}
