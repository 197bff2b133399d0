use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use keyward_domain::event::{Event, EventSink as _, Outcome};

use super::{AuditQueue, Losses, Reader};
use crate::sample::{failure, success};

/// Keeps what it reads.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<Event>>>);

impl Reader for Kept {
    fn read(&mut self, batch: &[Event]) {
        self.0.lock().unwrap().extend_from_slice(batch);
    }
}

/// Says that it has begun, then waits until it is let go.
struct Stuck {
    began: Sender<()>,
    go: Receiver<()>,
}

impl Reader for Stuck {
    fn read(&mut self, _batch: &[Event]) {
        self.began.send(()).unwrap();
        let _ = self.go.recv();
    }
}

fn names(kept: &Kept) -> Vec<String> {
    kept.0
        .lock()
        .unwrap()
        .iter()
        .map(|event| serde_json::to_string(event).unwrap())
        .collect()
}

fn json(event: &Event) -> String {
    serde_json::to_string(event).unwrap()
}

#[test]
fn a_full_queue_keeps_failures_and_counts_what_it_drops() {
    let losses = Losses::default();
    let queue = AuditQueue::new(3, losses.clone());
    for event in [
        success("a"),
        failure("x"),
        success("b"),
        success("c"),
        failure("y"),
        failure("z"),
        failure("w"),
    ] {
        queue.record(event);
    }
    queue.close();
    let kept = Kept::default();
    queue.run(vec![Box::new(kept.clone())]);
    // "c" found no place, "y" took that of "a", "z" that of "b", and "w" found only failures.
    assert_eq!(
        names(&kept),
        [json(&failure("x")), json(&failure("y")), json(&failure("z"))]
    );
    assert_eq!(losses.dropped_with(Outcome::Success), 3);
    assert_eq!(losses.dropped_with(Outcome::Failure), 1);
}

/// Keeps how many it reads at a time.
#[derive(Clone, Default)]
struct Sizes(Arc<Mutex<Vec<usize>>>);

impl Reader for Sizes {
    fn read(&mut self, batch: &[Event]) {
        self.0.lock().unwrap().push(batch.len());
    }
}

#[test]
fn a_long_batch_is_read_in_parts() {
    for (arrived, parts) in [(40, vec![40]), (100, vec![64, 36]), (1_001, vec![251, 251, 251, 248])] {
        let queue = AuditQueue::new(2_000, Losses::default());
        for _ in 0..arrived {
            queue.record(success("a"));
        }
        queue.close();
        let sizes = Sizes::default();
        queue.run(vec![Box::new(sizes.clone())]);
        assert_eq!(*sizes.0.lock().unwrap(), parts);
    }
}

#[test]
fn readers_see_every_event_in_the_order_of_its_arrival() {
    let queue = Arc::new(AuditQueue::new(100, Losses::default()));
    let (one, two) = (Kept::default(), Kept::default());
    let thread = queue.spawn(vec![Box::new(one.clone()), Box::new(two.clone())]).unwrap();
    let events = [success("a"), failure("x"), success("b"), failure("y"), success("c")];
    for event in &events {
        queue.record(event.clone());
    }
    queue.close();
    thread.join().unwrap();
    assert_eq!(names(&one), events.iter().map(json).collect::<Vec<_>>());
    assert_eq!(names(&one), names(&two));
}

#[test]
fn a_reader_that_stands_still_does_not_block_record() {
    let losses = Losses::default();
    let queue = Arc::new(AuditQueue::new(8, losses.clone()));
    let ((began, has_begun), (let_go, go)) = (channel(), channel());
    let kept = Kept::default();
    let thread = queue
        .spawn(vec![Box::new(kept.clone()), Box::new(Stuck { began, go })])
        .unwrap();
    queue.record(success("first"));
    has_begun.recv().unwrap();
    // The reader holds its batch and will not return before `let_go`: each of these returns all the same.
    for n in 0..10_000 {
        queue.record(success(&n.to_string()));
    }
    assert_eq!(losses.dropped_with(Outcome::Success), 10_000 - 8);
    drop(let_go);
    queue.close();
    thread.join().unwrap();
    assert_eq!(kept.0.lock().unwrap().len(), 1 + 8);
}

#[test]
fn events_after_the_close_are_counted() {
    let losses = Losses::default();
    let queue = AuditQueue::new(8, losses.clone());
    queue.close();
    queue.record(failure("x"));
    queue.run(Vec::new());
    assert_eq!(losses.dropped_with(Outcome::Failure), 1);
}

#[test]
fn an_event_reaches_its_reader_without_a_close() {
    let queue = Arc::new(AuditQueue::new(8, Losses::default()));
    let ((began, has_begun), (let_go, go)) = (channel(), channel());
    let thread = queue.spawn(vec![Box::new(Stuck { began, go })]).unwrap();
    drop(let_go);
    for _ in 0..3 {
        queue.record(success("a"));
        has_begun.recv().unwrap();
    }
    queue.close();
    thread.join().unwrap();
}
