//! The events that no reader has seen yet.

use std::collections::VecDeque;
use std::mem;

use keyward_domain::event::{Event, Outcome};

/// Failures and successes apart, so that the oldest success is at hand when a failure needs its place. Each event
/// has the number of its arrival, which joins the two again.
pub(super) struct Waiting {
    capacity: usize,
    arrivals: u64,
    events: Taken,
    closed: bool,
}

/// Events that left the queue, not yet in order: ordering them needs no lock.
#[derive(Default)]
pub(super) struct Taken {
    successes: VecDeque<(u64, Event)>,
    failures: VecDeque<(u64, Event)>,
}

impl Waiting {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            arrivals: 0,
            events: Taken::default(),
            closed: false,
        }
    }

    /// Adds an event. Returns the one that has no place: this one, or the success that a failure displaced.
    pub(super) fn push(&mut self, event: Event) -> Option<Event> {
        if self.closed {
            return Some(event);
        }
        let outcome = event.what.outcome();
        let mut displaced = None;
        if self.len() >= self.capacity {
            displaced = match outcome {
                Outcome::Success => None,
                Outcome::Failure => self.events.successes.pop_front().map(|(_, oldest)| oldest),
            };
            if displaced.is_none() {
                return Some(event);
            }
        }
        let arrival = (self.arrivals, event);
        self.arrivals += 1;
        match outcome {
            Outcome::Success => self.events.successes.push_back(arrival),
            Outcome::Failure => self.events.failures.push_back(arrival),
        }
        displaced
    }

    /// Empties the queue.
    pub(super) fn take(&mut self) -> Taken {
        mem::take(&mut self.events)
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

    /// Takes no more events.
    pub(super) fn close(&mut self) {
        self.closed = true;
    }

    fn len(&self) -> usize {
        self.events.successes.len() + self.events.failures.len()
    }
}

impl Taken {
    /// The events, oldest first.
    pub(super) fn in_order(self) -> Vec<Event> {
        let mut all: Vec<(u64, Event)> = self.successes.into_iter().chain(self.failures).collect();
        all.sort_by_key(|(arrival, _)| *arrival);
        all.into_iter().map(|(_, event)| event).collect()
    }
}
