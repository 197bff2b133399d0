//! Random interleavings of everything that can happen to a grant, on a real store.
//!
//! Honest clients with several tabs, lost answers, retries, thieves, revocations and clocks meet the function that the
//! token endpoint runs, one transaction after the other in random order. After each transaction the row and the answer
//! are compared with a model, and what was answered so far with what may be true at all: a grant has at most one live
//! branch, an honest client is never logged out, a stolen token ends the grant.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use keyward_domain::client::Client;
use keyward_domain::grant::Grant;
use keyward_domain::ports::Store;
use keyward_domain::user::User;
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use crate::builders;

mod actors;
mod dice;
mod ledger;
mod model;
mod parallel;
mod subject;
mod world;

pub use parallel::race;
pub use subject::{Real, Subject};

use dice::Dice;
use world::World;

/// How many grants are explored at the same time: their commits share a write to disk.
const WORLDS: usize = 16;

/// What to explore.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Everything random follows from it.
    pub seed: u64,
    /// Transactions, at least.
    pub steps: u64,
}

impl Plan {
    /// `steps`, or as many as `KEYWARD_EXPLORE_STEPS` says, from the seed that `KEYWARD_EXPLORE_SEED` says.
    pub fn from_env(steps: u64) -> Self {
        let number = |name| std::env::var(name).ok().and_then(|text| text.parse().ok());
        Self {
            seed: number("KEYWARD_EXPLORE_SEED").unwrap_or(1),
            steps: number("KEYWARD_EXPLORE_STEPS").unwrap_or(steps),
        }
    }
}

/// What happened.
#[derive(Clone, Copy, Debug, Default)]
pub struct Report {
    /// Transactions.
    pub steps: u64,
    /// Grants that lived and, most of them, ended.
    pub grants: u64,
    /// Answers with the successor of the current token.
    pub rotated: u64,
    /// Answers with the same successor again, or with the token that does not rotate.
    pub repeated: u64,
    /// Answers with a successor in place of one that never arrived.
    pub reissued: u64,
    /// Answers that revoked the grant.
    pub reused: u64,
    /// Answers after the end.
    pub ended: u64,
}

impl Report {
    fn add(&mut self, other: Self) {
        self.steps += other.steps;
        self.grants += other.grants;
        self.rotated += other.rotated;
        self.repeated += other.repeated;
        self.reissued += other.reissued;
        self.reused += other.reused;
        self.ended += other.ended;
    }
}

/// Explores. The error says what was violated, in which grant, by which seed, and what led there.
///
/// # Panics
///
/// When the realm of the exploration cannot be written.
pub async fn explore(store: Arc<dyn Store>, subject: Arc<dyn Subject>, plan: Plan) -> Result<Report, String> {
    let (client, user) = realm(&store).await;
    let template = builders::grant(&client, &user, "explored");
    let stop = Arc::new(AtomicBool::new(false));
    let mut worlds = JoinSet::new();
    for number in 0..WORLDS {
        let seed = plan.seed.wrapping_mul(1_000_003).wrapping_add(number as u64);
        let steps = plan.steps.div_ceil(WORLDS as u64);
        let (store, subject, template) = (Arc::clone(&store), Arc::clone(&subject), template.clone());
        let (stop, runtime) = (Arc::clone(&stop), Handle::current());
        worlds.spawn_blocking(move || {
            let explored = runtime.block_on(history(store, subject, template, seed, steps, &stop));
            explored.map_err(|what| {
                stop.store(true, Ordering::SeqCst);
                format!("KEYWARD_EXPLORE_SEED={} (world {number}): {what}", plan.seed)
            })
        });
    }
    let (mut report, mut violation) = (Report::default(), None);
    while let Some(world) = worlds.join_next().await {
        match world {
            Ok(Ok(part)) => report.add(part),
            Ok(Err(what)) => violation = violation.or(Some(what)),
            Err(error) => return Err(format!("KEYWARD_EXPLORE_SEED={}: {error}", plan.seed)),
        }
    }
    violation.map_or(Ok(report), Err)
}

/// One grant after the other.
async fn history(
    store: Arc<dyn Store>,
    subject: Arc<dyn Subject>,
    template: Grant,
    seed: u64,
    steps: u64,
    stop: &AtomicBool,
) -> Result<Report, String> {
    let mut dice = Dice::new(seed);
    let mut report = Report::default();
    while report.steps < steps && !stop.load(Ordering::SeqCst) {
        let mut world = World::begin(Arc::clone(&store), Arc::clone(&subject), &template, &mut dice).await?;
        let lived = world.live(&mut dice).await;
        report.add(world.report);
        lived.map_err(|what| format!("{what}\n{}", world.trace()))?;
    }
    Ok(report)
}

#[expect(clippy::expect_used, reason = "a test's setting")]
async fn realm(store: &Arc<dyn Store>) -> (Client, User) {
    let realm = builders::realm("explored");
    let (client, user) = (builders::client(&realm, "app"), builders::user(&realm, "alice"));
    let written = async {
        let mut tx = store.write().await?;
        tx.insert_realm(&realm).await?;
        tx.insert_client(&client).await?;
        tx.insert_user(&user).await?;
        tx.commit().await
    };
    written.await.expect("the realm of the exploration");
    (client, user)
}
