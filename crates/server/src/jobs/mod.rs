//! Work that no request waits for. Each tick is a plain function of the app and its clock, so that tests run the
//! real job without waiting; [`run_all`] calls them for the life of the server.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::app::App;

pub mod follow_changes;
pub mod rotate_keys;
pub mod sweep;
pub mod write_events;

/// How often the log of changes is read: another node's revocation arrives within this and one read.
const FOLLOW_EVERY: Duration = Duration::from_millis(250);

/// How often keys are looked at.
const ROTATE_EVERY: Duration = Duration::from_mins(1);

/// How often events of realms are written that wait for it.
const WRITE_EVENTS_EVERY: Duration = Duration::from_millis(200);

/// How often ended rows are removed.
const SWEEP_EVERY: Duration = Duration::from_secs(30);

/// Starts every job. Dropping the set ends them.
pub fn run_all(app: &Arc<App>, node: &str) -> JoinSet<()> {
    app.key_stock.start();
    let mut jobs = JoinSet::new();
    let follower = Arc::clone(app);
    jobs.spawn(async move {
        let mut outage = false;
        let mut ticks = ticker(FOLLOW_EVERY);
        loop {
            ticks.tick().await;
            match follow_changes::tick(&follower).await {
                Ok(()) if outage => {
                    outage = false;
                    tracing::info!("the database answers again");
                }
                Ok(()) => {}
                Err(_) if outage => {}
                Err(fault) => {
                    outage = true;
                    tracing::warn!("changes cannot be read: {fault}");
                }
            }
        }
    });
    let (rotator, holder) = (Arc::clone(app), node.to_owned());
    jobs.spawn(async move {
        let mut ticks = ticker(ROTATE_EVERY);
        loop {
            ticks.tick().await;
            if let Err(fault) = rotate_keys::tick(&rotator, &holder).await {
                tracing::warn!("keys were not rotated: {fault}");
            }
        }
    });
    let (sweeper, holder) = (Arc::clone(app), node.to_owned());
    jobs.spawn(async move {
        let mut ticks = ticker(SWEEP_EVERY);
        loop {
            ticks.tick().await;
            if let Err(fault) = sweep::tick(&sweeper, &holder).await {
                tracing::warn!("ended rows were not removed: {fault}");
            }
        }
    });
    let writer = Arc::clone(app);
    jobs.spawn(async move {
        let mut ticks = ticker(WRITE_EVENTS_EVERY);
        loop {
            ticks.tick().await;
            // They wait on; that the database is away is said by who follows changes.
            let _ = write_events::tick(&writer).await;
        }
    });
    jobs
}

fn ticker(every: Duration) -> tokio::time::Interval {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
