//! Counts in this process.

mod clock;
mod set;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use keyward_client::UnixMillis;

use self::clock::Steady;
use self::set::{Placed, Set, WAYS};
use super::bucket::due;
use super::{Bucket, Key, Report, Source, Standing};

/// Counts in this process, for a bounded number of keys.
///
/// A key of [`super::Algorithm::Gcra`] takes 72 bytes, one of [`super::Algorithm::Window`] from 72 to 500 by how its
/// requests are spread over the window: 500 MB for a million keys at the very most, 80 MB when most come seldom.
/// Beside that, each set of 16 keys remembers for each limit what keys that left it used, in 56 to 456 bytes; this
/// happens only when the store overflows. A clock that steps back gives nobody more requests, and makes nobody wait for
/// the clock to come back.
#[derive(Debug)]
pub struct LocalStore {
    /// Made for the first key that is looked for, as is each set for the first that falls into it.
    sets: OnceLock<Box<[Place]>>,
    count: usize,
    clock: Steady,
    keys: AtomicUsize,
    evicted: AtomicUsize,
    crowded: AtomicUsize,
}

type Place = Mutex<Option<Box<Set>>>;

/// How full a local store is, for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalState {
    /// Places that were ever used; they are used again when their key's requests are over.
    pub keys: usize,
    /// The most there can be.
    pub capacity: usize,
    /// Keys that had to leave although they had used something. Above zero the store is too small.
    pub evicted: usize,
    /// Requests counted together with those of other keys, since all places were taken by callers near their limit.
    pub crowded: usize,
}

impl Default for LocalStore {
    fn default() -> Self {
        Self::new(Self::KEYS)
    }
}

impl LocalStore {
    /// Keys remembered by default.
    pub const KEYS: usize = 1_000_000;

    /// Remembers at most `keys` keys, rounded up to a multiple of 16.
    pub fn new(keys: usize) -> Self {
        Self {
            sets: OnceLock::new(),
            count: keys.div_ceil(WAYS).max(1),
            clock: Steady::default(),
            keys: AtomicUsize::default(),
            evicted: AtomicUsize::default(),
            crowded: AtomicUsize::default(),
        }
    }

    /// Takes from all buckets, or from none if one has too little.
    pub fn take(&self, buckets: &[Bucket], now: UnixMillis) -> Report {
        let now = self.clock.read(now);
        let mut sets = self.lock(buckets);
        let mut standings = judge(&mut sets, buckets, now);
        if standings.iter().all(|standing| standing.retry_after.is_none()) {
            for (bucket, standing) in buckets.iter().zip(&mut standings) {
                if let Some(set) = sets.of(bucket.key) {
                    let (usage, placed) = set.spend(bucket, bucket.cost(), now);
                    standing.update(usage);
                    self.tally(placed);
                }
            }
        }
        Report::new(standings, Source::Local)
    }

    /// What [`Self::take`] would say, without taking anything.
    pub fn peek(&self, buckets: &[Bucket], now: UnixMillis) -> Report {
        let now = self.clock.read(now);
        Report::new(judge(&mut self.lock(buckets), buckets, now), Source::Local)
    }

    /// Takes from each bucket what is left of the cost, and refuses nothing: for counting failures.
    pub fn penalise(&self, buckets: &[Bucket], now: UnixMillis) -> Report {
        let now = self.clock.read(now);
        let mut sets = self.lock(buckets);
        let mut standings = Vec::with_capacity(buckets.len());
        for bucket in buckets {
            if let Some(set) = sets.of(bucket.key) {
                let mut usage = set.usage(bucket, now);
                let cost = bucket.cost().min(u64::from(usage.remaining));
                if cost > 0 {
                    let placed;
                    (usage, placed) = set.spend(bucket, cost, now);
                    self.tally(placed);
                }
                standings.push(Standing::new(&bucket.limit, usage, None));
            }
        }
        Report::new(standings, Source::Local)
    }

    /// How full it is.
    pub fn state(&self) -> LocalState {
        LocalState {
            keys: self.keys.load(Ordering::Relaxed),
            capacity: self.count * WAYS,
            evicted: self.evicted.load(Ordering::Relaxed),
            crowded: self.crowded.load(Ordering::Relaxed),
        }
    }

    fn tally(&self, placed: Placed) {
        let counter = match placed {
            Placed::Known | Placed::Again => return,
            Placed::New => &self.keys,
            Placed::Evicted => &self.evicted,
            Placed::Crowded => &self.crowded,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Locks the set of each bucket, in one order for all, so that two requests never wait for each other.
    fn lock(&self, buckets: &[Bucket]) -> Locked<'_> {
        let all = self
            .sets
            .get_or_init(|| (0..self.count).map(|_| Mutex::default()).collect());
        let mut places: Vec<usize> = buckets.iter().map(|bucket| place(bucket.key, self.count)).collect();
        places.sort_unstable();
        places.dedup();
        let sets = places.into_iter().filter_map(|at| Some((at, all.get(at)?)));
        Locked {
            of: self.count,
            sets: sets
                .map(|(at, set)| (at, set.lock().unwrap_or_else(PoisonError::into_inner)))
                .collect(),
        }
    }
}

/// The sets of a request's buckets.
struct Locked<'s> {
    of: usize,
    sets: Vec<(usize, MutexGuard<'s, Option<Box<Set>>>)>,
}

impl Locked<'_> {
    fn of(&mut self, key: Key) -> Option<&mut Set> {
        let place = place(key, self.of);
        self.sets
            .iter_mut()
            .find(|(at, _)| *at == place)
            .map(|(_, set)| &mut **set.get_or_insert_default())
    }
}

/// How each bucket stands, and whether the request fits.
fn judge(sets: &mut Locked<'_>, buckets: &[Bucket], now: u64) -> Vec<Standing> {
    let judged = buckets
        .iter()
        .enumerate()
        .map(|(at, bucket)| match sets.of(bucket.key) {
            Some(set) => {
                let wait = set.wait(bucket, due(buckets, at, bucket), now);
                Standing::new(&bucket.limit, set.usage(bucket, now), wait)
            }
            // Every set is locked before; without one nothing may pass.
            None => Standing::spent(&bucket.limit),
        });
    judged.collect()
}

/// The set of a key, which is as good as random.
fn place(key: Key, sets: usize) -> usize {
    let sets = u128::try_from(sets).unwrap_or(1);
    let high = key.0 >> 64;
    usize::try_from((high * sets) >> 64).unwrap_or(0)
}

#[cfg(test)]
impl LocalStore {
    /// The memory that keys take, without that of the allocator.
    pub(super) fn bytes(&self) -> usize {
        let sets = self.sets.get().into_iter().flatten().map(|set| set.lock().unwrap());
        sets.map(|set| set.as_deref().map_or(0, Set::bytes)).sum()
    }
}
