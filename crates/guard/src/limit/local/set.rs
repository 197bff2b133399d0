//! A few keys that share a place, and what those that had to leave used.
//!
//! Nothing is undercounted, whoever comes: what a key is taken to have used is at least what it used. A key that
//! leaves, always the coldest, is joined into the ghost of its limit; a key that comes starts as its limit's ghost
//! stands. So a ghost has used at least as much as any key that left, and a key that comes back can only be worse off.
//! A hot key never leaves. Where all are hot, further keys of a limit are counted on its ghost, together.
//!
//! What a newcomer inherits grows by one when every key of the set has been replaced once: with requests from so many
//! keys in a window that they fill the store n times, newcomers find about n requests used up.

use std::sync::Arc;

use super::super::state::{HOT, State, Usage};
use super::super::{Bucket, Key, Limit};

/// Keys that share a place.
pub(super) const WAYS: usize = 16;

#[derive(Debug, Default)]
pub(super) struct Set {
    keys: Vec<Key>,
    /// What is remembered of each key, in the order of `keys`.
    slots: Vec<Slot>,
    /// What is remembered of all other keys, by limit.
    ghosts: Vec<Slot>,
}

#[derive(Debug)]
struct Slot {
    limit: Arc<Limit>,
    state: State,
}

/// What happened when a key was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Placed {
    /// It was there.
    Known,
    /// There was room.
    New,
    /// It took the place of one that used nothing any more.
    Again,
    /// It took the place of one that had used something.
    Evicted,
    /// It has no place of its own.
    Crowded,
}

impl Set {
    pub(super) fn wait(&mut self, bucket: &Bucket, cost: u64, now: u64) -> Option<u64> {
        let quota = bucket.limit.quota();
        match self.known(bucket) {
            Some(state) => state.wait(quota, cost, now),
            None => State::fresh(quota).wait(quota, cost, now),
        }
    }

    pub(super) fn usage(&mut self, bucket: &Bucket, now: u64) -> Usage {
        let quota = bucket.limit.quota();
        match self.known(bucket) {
            Some(state) => state.usage(quota, now),
            None => State::fresh(quota).usage(quota, now),
        }
    }

    /// Takes `cost`, whether it fits or not.
    pub(super) fn spend(&mut self, bucket: &Bucket, cost: u64, now: u64) -> (Usage, Placed) {
        let quota = bucket.limit.quota();
        let placed = self.place(bucket, now);
        let usage = match self.known(bucket) {
            Some(state) => {
                state.spend(quota, cost, now);
                state.usage(quota, now)
            }
            None => State::fresh(quota).usage(quota, now),
        };
        (usage, placed)
    }

    /// What is remembered of a key, or of all that share its ghost.
    fn known(&mut self, bucket: &Bucket) -> Option<&mut State> {
        let slot = match self.position(bucket.key) {
            Some(at) => self.slots.get_mut(at),
            None => find(&mut self.ghosts, &bucket.limit),
        };
        slot.map(|slot| &mut slot.state)
    }

    fn position(&self, key: Key) -> Option<usize> {
        self.keys.iter().position(|known| *known == key)
    }

    /// Sees to it that something is remembered of the key.
    fn place(&mut self, bucket: &Bucket, now: u64) -> Placed {
        if self.position(bucket.key).is_some() {
            return Placed::Known;
        }
        if self.keys.len() < WAYS {
            let slot = self.newcomer(bucket, now);
            self.keys.push(bucket.key);
            self.slots.push(slot);
            return Placed::New;
        }
        match self.coldest(now) {
            Some((at, 0)) => {
                self.replace(at, bucket, now);
                Placed::Again
            }
            Some((at, heat)) if heat < HOT => {
                self.bury(at, now);
                self.replace(at, bucket, now);
                Placed::Evicted
            }
            _ => {
                if find(&mut self.ghosts, &bucket.limit).is_none() {
                    let ghost = self.newcomer(bucket, now);
                    self.ghosts.push(ghost);
                }
                Placed::Crowded
            }
        }
    }

    /// The key that used the smallest part of what it may, and how much that is.
    fn coldest(&mut self, now: u64) -> Option<(usize, u64)> {
        let mut coldest = None;
        for (at, slot) in self.slots.iter_mut().enumerate() {
            let heat = slot.state.heat(slot.limit.quota(), now);
            if coldest.is_none_or(|(_, least)| heat < least) {
                coldest = Some((at, heat));
            }
            if heat == 0 {
                break;
            }
        }
        coldest
    }

    /// Starts as the ghost stands, if there is one.
    fn newcomer(&mut self, bucket: &Bucket, now: u64) -> Slot {
        let quota = bucket.limit.quota();
        self.ghosts
            .retain_mut(|ghost| ghost.state.heat(ghost.limit.quota(), now) > 0);
        let inherited = find(&mut self.ghosts, &bucket.limit).map(|ghost| ghost.state.clone());
        Slot {
            limit: Arc::clone(&bucket.limit),
            state: inherited.unwrap_or_else(|| State::fresh(quota)),
        }
    }

    fn replace(&mut self, at: usize, bucket: &Bucket, now: u64) {
        let newcomer = self.newcomer(bucket, now);
        if let (Some(key), Some(slot)) = (self.keys.get_mut(at), self.slots.get_mut(at)) {
            *key = bucket.key;
            *slot = newcomer;
        }
    }

    /// Joins a key's state into the ghost of its limit.
    fn bury(&mut self, at: usize, now: u64) {
        let Some(slot) = self.slots.get(at) else { return };
        match find(&mut self.ghosts, &slot.limit) {
            Some(ghost) => ghost.state.join(&slot.state, slot.limit.quota(), now),
            None => self.ghosts.push(Slot {
                limit: Arc::clone(&slot.limit),
                state: slot.state.clone(),
            }),
        }
    }
}

fn find<'s>(slots: &'s mut [Slot], limit: &Arc<Limit>) -> Option<&'s mut Slot> {
    // A reload makes new limits that are equal to the old ones.
    slots
        .iter_mut()
        .find(|slot| Arc::ptr_eq(&slot.limit, limit) || slot.limit == *limit)
}

#[cfg(test)]
impl Set {
    pub(super) fn bytes(&self) -> usize {
        let slots = self.slots.capacity() + self.ghosts.capacity();
        let states = self.slots.iter().chain(&self.ghosts).map(|slot| slot.state.bytes());
        self.keys.capacity() * size_of::<Key>() + slots * size_of::<Slot>() + states.sum::<usize>()
    }
}
