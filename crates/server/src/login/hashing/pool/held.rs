//! Results that are handed over together.
//!
//! A hash empties the core's caches, and what a login does after it takes several times as long in empty ones. While all
//! threads are busy and more jobs wait, results wait for each other, so that their logins go on side by side, in caches
//! that the first of them filled, and are written in one COMMIT.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use tokio::time::Instant;

/// A whole stretch of hashing, from the beginning of its first job to the end of its last, as far as the one before
/// tells how long that will take. It is what a result may wait, and what the logins that go on together take of the
/// core grows with it. Where others have the core, a hash takes longer than this, and after the first of these nothing
/// waits for another.
const STRETCH: Duration = Duration::from_millis(100);

/// Hands a result to whoever waits for it, and the others with it.
pub(super) type HandOver = Box<dyn FnOnce(Others) + Send>;

/// The results that came with one. Whoever has that one hands them over by dropping this: requests go before hashes, so
/// that each result which the hashing thread handed over by itself would have the core taken away before the next.
#[derive(Default)]
pub(super) struct Others(Vec<HandOver>);

impl Drop for Others {
    fn drop(&mut self) {
        for hand_over in self.0.drain(..) {
            hand_over(Self::default());
        }
    }
}

/// The results of a stretch of hashing.
#[derive(Default)]
pub(super) struct Held {
    begun: Option<Instant>,
    /// What the last job took.
    last: Duration,
    results: Vec<HandOver>,
}

impl Held {
    /// A job begins `now`. Results that another one would keep too long do not wait for it.
    pub(super) fn begin(&mut self, now: Instant) {
        let is_over = |begun| now.duration_since(begun) + self.last > STRETCH;
        if self.begun.is_some_and(is_over) {
            self.hand_over();
        }
        self.begun.get_or_insert(now);
    }

    /// The job that began at `since` ended `now`, with a result if somebody still waits for it.
    pub(super) fn end(&mut self, result: Option<HandOver>, since: Instant, now: Instant) {
        if let Some(result) = result {
            self.last = now.duration_since(since);
            self.results.push(result);
        }
    }

    /// Nothing waits for another any more.
    pub(super) fn hand_over(&mut self) {
        self.begun = None;
        let mut results = mem::take(&mut self.results).into_iter();
        if let Some(first) = results.next() {
            let others = Others(results.collect());
            // Whatever the one does who gets it, the thread lives on.
            let _ = catch_unwind(AssertUnwindSafe(|| first(others)));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::{Duration, HandOver, Held, Instant};

    #[test]
    fn results_wait_for_each_other_as_long_as_a_stretch() {
        let (sender, arrived) = mpsc::channel();
        let result = |number: u8| {
            let sender = sender.clone();
            Some(Box::new(move |_| sender.send(number).unwrap()) as HandOver)
        };
        let arrived = || arrived.try_iter().collect::<Vec<u8>>();
        let nothing: [u8; 0] = [];
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let mut held = Held::default();
        for (number, begun, ended) in [(1, 0, 30), (2, 30, 60)] {
            held.begin(at(begun));
            held.end(result(number), at(begun), at(ended));
            assert_eq!(arrived(), nothing);
        }
        // Another of thirty milliseconds fits, and then no other. What nobody waited for tells nothing.
        held.begin(at(60));
        held.end(None, at(60), at(61));
        held.begin(at(70));
        assert_eq!(arrived(), nothing);
        held.end(None, at(70), at(71));
        held.begin(at(71));
        assert_eq!(arrived(), [1, 2]);

        // The next stretch has its own beginning.
        held.end(result(3), at(71), at(150));
        assert_eq!(arrived(), nothing);
        held.hand_over();
        assert_eq!(arrived(), [3]);

        // Nothing waits for another where one takes longer than a stretch.
        held.begin(at(300));
        held.end(result(4), at(300), at(401));
        held.begin(at(401));
        assert_eq!(arrived(), [4]);
    }

    #[test]
    fn the_others_go_on_from_where_the_first_is() {
        let (sender, arrived) = mpsc::channel();
        let (first, hung_up) = mpsc::channel();
        let mut held = Held::default();
        held.results.push(Box::new(move |others| first.send(others).unwrap()));
        for number in [2_u8, 3] {
            let sender = sender.clone();
            held.results.push(Box::new(move |_| sender.send(number).unwrap()));
        }
        held.hand_over();
        let others = hung_up.try_recv().unwrap();
        assert!(arrived.try_recv().is_err());
        drop(others);
        assert_eq!(arrived.try_iter().collect::<Vec<u8>>(), [2, 3]);
    }
}
