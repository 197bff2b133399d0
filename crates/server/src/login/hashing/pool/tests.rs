use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use super::{Done, Full, Pool};
use keyward_domain::Timestamp;
use tokio::sync::oneshot;

const NOW: Timestamp = Timestamp::from_secs(1_000_000);

/// A pool of one thread that is busy until the gate is dropped, which happens before the pool is: locals fall in
/// reverse order, and the pool waits for its thread.
fn busy(capacity: usize) -> (Pool, mpsc::Sender<()>, oneshot::Receiver<Done<()>>) {
    let pool = Pool::start(1, capacity).unwrap();
    let (gate, closed) = mpsc::channel::<()>();
    let (started, has_started) = mpsc::channel();
    let work = move || {
        started.send(()).unwrap();
        let _ = closed.recv();
    };
    let done = pool.submit(work, NOW).unwrap();
    has_started.recv().unwrap();
    (pool, gate, done)
}

#[tokio::test]
async fn it_refuses_beyond_its_queue_and_recovers() {
    let (pool, gate, running) = busy(2);
    let first = pool.submit(|| 1, NOW.plus_secs(1)).unwrap();
    let second = pool.submit(|| 2, NOW.plus_secs(2)).unwrap();
    assert_eq!(pool.submit(|| 3, NOW).err(), Some(Full));
    assert_eq!((pool.waiting(), pool.oldest()), (2, Some(NOW.plus_secs(1))));
    drop(gate);
    running.await.unwrap().into_result();
    let results = (first.await.unwrap(), second.await.unwrap());
    assert_eq!((results.0.into_result(), results.1.into_result()), (1, 2));
    assert_eq!((pool.waiting(), pool.oldest()), (0, None));
    assert_eq!(pool.submit(|| 3, NOW).unwrap().await.unwrap().into_result(), 3);
}

#[tokio::test]
async fn work_that_nobody_waits_for_is_skipped() {
    let (pool, gate, running) = busy(4);
    let done = Arc::new(AtomicUsize::new(0));
    let count = |pool: &Pool| {
        let done = Arc::clone(&done);
        pool.submit(move || done.fetch_add(1, Ordering::SeqCst), NOW).unwrap()
    };
    let (dropped, kept) = (count(&pool), count(&pool));
    drop(dropped);
    drop(gate);
    running.await.unwrap().into_result();
    assert_eq!(kept.await.unwrap().into_result(), 0);
    assert_eq!(done.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn results_arrive_before_the_thread_waits_for_work() {
    let (pool, gate, running) = busy(4);
    let next = pool.submit(|| 1, NOW).unwrap();
    // The last in the queue has no result with which those before it could go.
    drop(pool.submit(|| 2, NOW).unwrap());
    drop(gate);
    running.await.unwrap().into_result();
    assert_eq!(next.await.unwrap().into_result(), 1);
}

/// Two threads, of which one is idle.
#[tokio::test]
async fn a_result_does_not_wait_while_a_thread_is_idle() {
    let pool = Pool::start(2, 4).unwrap();
    while pool.shared.lock().idle < 2 {
        std::thread::yield_now();
    }
    let (gate, closed) = mpsc::channel::<()>();
    let first = pool.submit(|| 1, NOW).unwrap();
    let second = pool
        .submit(
            move || {
                let _ = closed.recv();
                2
            },
            NOW,
        )
        .unwrap();
    assert_eq!(first.await.unwrap().into_result(), 1);
    drop(gate);
    assert_eq!(second.await.unwrap().into_result(), 2);
}

#[tokio::test]
async fn who_hung_up_keeps_no_result_from_others() {
    let (pool, gate, running) = busy(4);
    let (second_gate, closed) = mpsc::channel::<()>();
    let (started, has_started) = mpsc::channel();
    let work = move || {
        started.send(()).unwrap();
        let _ = closed.recv();
        2
    };
    let second = pool.submit(work, NOW).unwrap();
    let _third = pool.submit(|| 3, NOW).unwrap();
    drop(gate);
    // The first result waits for the second, while a third is in the queue, and then for nobody.
    has_started.recv().unwrap();
    drop(running);
    drop(second_gate);
    assert_eq!(second.await.unwrap().into_result(), 2);
}

#[tokio::test]
async fn who_hung_up_makes_room() {
    let (pool, _gate, _running) = busy(2);
    let (dropped, _kept) = (pool.submit(|| (), NOW).unwrap(), pool.submit(|| (), NOW).unwrap());
    assert!(pool.submit(|| (), NOW).is_err());
    drop(dropped);
    assert!(pool.submit(|| (), NOW).is_ok());
    assert_eq!(pool.waiting(), 2);
}

#[tokio::test]
async fn a_panic_does_not_end_the_thread() {
    let pool = Pool::start(1, 4).unwrap();
    let panics = pool.submit(|| panic!("as the test wants"), NOW).unwrap();
    assert!(panics.await.is_err());
    assert_eq!(pool.submit(|| 7, NOW).unwrap().await.unwrap().into_result(), 7);
}

#[test]
fn threads_end_with_the_pool() {
    let pool = Pool::start(3, 4).unwrap();
    let shared = Arc::downgrade(&pool.shared);
    assert_eq!(shared.strong_count(), 4);
    drop(pool);
    assert_eq!(shared.strong_count(), 0);
}

#[test]
fn what_waits_at_the_end_is_not_done() {
    let (pool, gate, _running) = busy(4);
    let mut waiting = pool.submit(|| (), NOW).unwrap();
    let shared = Arc::clone(&pool.shared);
    let ending = std::thread::spawn(move || drop(pool));
    // The end has begun when the queue is marked; only then may the thread come free.
    while !shared.lock().ended {
        std::thread::yield_now();
    }
    drop(gate);
    ending.join().unwrap();
    assert!(waiting.try_recv().is_err());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn only_its_own_threads_are_nice() {
    use rustix::process::getpriority_process;
    let before = getpriority_process(None).unwrap();
    let pool = Pool::start(1, 1).unwrap();
    let inside = pool
        .submit(|| getpriority_process(None).unwrap(), NOW)
        .unwrap()
        .await
        .unwrap()
        .into_result();
    assert_eq!(inside, before.max(15));
    assert_eq!(getpriority_process(None).unwrap(), before);
}
