//! The entries that no reader has seen yet.

use std::collections::VecDeque;
use std::mem;

use keyward_domain::event::Outcome;

use super::Entry;

/// Failures and successes apart, so that the oldest success is at hand when a failure needs its place. Each entry
/// has the number of its arrival, which joins the two again.
pub(super) struct Waiting<E> {
    capacity: usize,
    arrivals: u64,
    entries: Taken<E>,
    closed: bool,
}

/// Entries that left the queue, not yet in order: ordering them needs no lock.
pub(super) struct Taken<E> {
    successes: VecDeque<(u64, E)>,
    failures: VecDeque<(u64, E)>,
}

impl<E> Default for Taken<E> {
    fn default() -> Self {
        Self {
            successes: VecDeque::new(),
            failures: VecDeque::new(),
        }
    }
}

impl<E: Entry> Waiting<E> {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            arrivals: 0,
            entries: Taken::default(),
            closed: false,
        }
    }

    /// Adds an entry. Returns the one that has no place: this one, or the success that a failure displaced.
    pub(super) fn push(&mut self, entry: E) -> Option<E> {
        if self.closed {
            return Some(entry);
        }
        let outcome = entry.outcome();
        let mut displaced = None;
        if self.len() >= self.capacity {
            displaced = match outcome {
                Outcome::Success => None,
                Outcome::Failure => self.entries.successes.pop_front().map(|(_, oldest)| oldest),
            };
            if displaced.is_none() {
                return Some(entry);
            }
        }
        let arrival = (self.arrivals, entry);
        self.arrivals += 1;
        match outcome {
            Outcome::Success => self.entries.successes.push_back(arrival),
            Outcome::Failure => self.entries.failures.push_back(arrival),
        }
        displaced
    }

    /// Empties the queue.
    pub(super) fn take(&mut self) -> Taken<E> {
        mem::take(&mut self.entries)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether so much waits that the readers should begin at once.
    pub(super) fn is_pressing(&self) -> bool {
        self.len() > self.capacity / 2
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Takes no more entries.
    pub(super) fn close(&mut self) {
        self.closed = true;
    }

    fn len(&self) -> usize {
        self.entries.successes.len() + self.entries.failures.len()
    }
}

impl<E> Taken<E> {
    /// The entries, oldest first.
    pub(super) fn in_order(self) -> Vec<E> {
        let mut all: Vec<(u64, E)> = self.successes.into_iter().chain(self.failures).collect();
        all.sort_by_key(|(arrival, _)| *arrival);
        all.into_iter().map(|(_, entry)| entry).collect()
    }
}
