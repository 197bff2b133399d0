//! Tokens presented truly at the same time.

use std::collections::BTreeSet;
use std::sync::Arc;

use keyward_domain::entropy::{growing_uuid, uuid};
use keyward_domain::grant::Grant;
use keyward_domain::grant::present::{Outcome, Presentation};
use keyward_domain::id::{GrantId, SessionId};
use keyward_domain::ports::Store;
use keyward_domain::{Fault, Timestamp};
use tokio::runtime::Handle;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::Subject;
use super::dice::Dice;
use super::ledger::ensure;
use crate::builders;

/// How many present a token at the same time.
const RACERS: usize = 12;

/// What a racer does.
#[derive(Clone, Copy)]
enum Deed {
    Present(i64),
    Revoke,
}

/// Runs `rounds` races, each over a grant of its own. The error says which rule the answers broke.
///
/// # Panics
///
/// When the realm of the races cannot be written.
pub async fn race(store: Arc<dyn Store>, subject: Arc<dyn Subject>, seed: u64, rounds: usize) -> Result<(), String> {
    let mut dice = Dice::new(seed);
    let (client, user) = super::realm(&store).await;
    let template = builders::grant(&client, &user, "raced");
    for round in 0..rounds {
        // The answer with the current token may have arrived, or been lost a moment or a while ago.
        let grant = granted(&store, &template, &mut dice).await?;
        let late = grant.rotated_at.plus_secs(40);
        let (current, parent, dead) = (grant.sequence, grant.previous, grant.sequence - 2);
        let (mix, now): (&[Deed], _) = match round % 6 {
            0 => (&[Deed::Present(current)], late),
            1 => (&[Deed::Present(parent)], late),
            2 => (&[Deed::Present(parent)], grant.rotated_at.plus_secs(20)),
            3 => (&[Deed::Present(current), Deed::Present(parent)], late),
            4 => (
                &[Deed::Present(current), Deed::Present(current), Deed::Present(dead)],
                late,
            ),
            _ => (&[Deed::Present(current), Deed::Revoke], late),
        };
        let deeds = mix.iter().copied().cycle().take(RACERS).collect();
        let outcomes = run(&store, &subject, grant.id, deeds, now).await?;
        let mut reader = store.read().await.map_err(|fault| fault.to_string())?;
        let row = reader.grant(grant.id).await.map_err(|fault| fault.to_string())?;
        let row = row.ok_or("the grant is gone")?;
        judge(round % 6, &grant, &row, &outcomes)
            .map_err(|what| format!("seed {seed}, round {round}: {what}\n{grant:?}\n{row:?}\n{outcomes:#?}"))?;
    }
    Ok(())
}

/// What must be true of the answers, whoever came first.
fn judge(kind: usize, before: &Grant, row: &Grant, outcomes: &[Outcome]) -> Result<(), String> {
    let (mut made, mut repeated, mut reused) = (BTreeSet::new(), BTreeSet::new(), 0);
    for outcome in outcomes {
        match outcome {
            Outcome::Rotated(grant) | Outcome::Reissued { grant, .. } => {
                ensure(made.insert(grant.sequence), "a place was given twice")?;
            }
            Outcome::Repeated(grant) => {
                repeated.insert(grant.sequence);
            }
            Outcome::Reused(_) => reused += 1,
            Outcome::Ended => {}
            Outcome::Unknown => return Err("the grant is gone".into()),
        }
    }
    let next = before.sequence + 1;
    let last = before.sequence + i64::try_from(made.len()).unwrap_or(i64::MAX);
    ensure(made == (next..=last).collect(), "a place was left out")?;
    ensure(row.sequence == last, "the row is not where the answers are")?;
    ensure(made.len() <= 1, "two branches")?;
    ensure(
        repeated.iter().all(|place| *place == last),
        "a repeated answer is not the same",
    )?;
    ensure(reused <= 1, "a grant was revoked twice")?;
    match kind {
        // Honest: everybody goes on with the same token.
        0 | 1 => ensure(
            row.revoked_at.is_none() && made.len() == 1 && ended(outcomes) == 0,
            "an honest client was logged out",
        ),
        2 => ensure(
            row.revoked_at.is_none() && made.is_empty() && ended(outcomes) == 0,
            "an honest client was logged out",
        ),
        3 | 4 => ensure(row.revoked_at.is_some() && reused == 1, "a thief was not noticed"),
        _ => ensure(row.revoked_at.is_some() && reused == 0, "a revocation was lost"),
    }
}

fn ended(outcomes: &[Outcome]) -> usize {
    let out = |outcome: &&Outcome| matches!(outcome, Outcome::Ended | Outcome::Reused(_));
    outcomes.iter().filter(out).count()
}

async fn run(
    store: &Arc<dyn Store>,
    subject: &Arc<dyn Subject>,
    grant: GrantId,
    deeds: Vec<Deed>,
    now: Timestamp,
) -> Result<Vec<Outcome>, String> {
    let start = Arc::new(Barrier::new(deeds.len()));
    let mut racers = JoinSet::new();
    for deed in deeds {
        let (store, subject, start) = (Arc::clone(store), Arc::clone(subject), Arc::clone(&start));
        let runtime = Handle::current();
        racers.spawn_blocking(move || {
            runtime.block_on(async {
                start.wait().await;
                loop {
                    match once(&store, &subject, grant, deed, now).await {
                        Err(fault) if fault.is_conflict() => {}
                        outcome => break outcome,
                    }
                }
            })
        });
    }
    let mut outcomes = Vec::new();
    while let Some(racer) = racers.join_next().await {
        let outcome = racer.map_err(|error| error.to_string())?;
        outcomes.extend(outcome.map_err(|fault| fault.to_string())?);
    }
    Ok(outcomes)
}

async fn once(
    store: &Arc<dyn Store>,
    subject: &Arc<dyn Subject>,
    grant: GrantId,
    deed: Deed,
    now: Timestamp,
) -> Result<Option<Outcome>, Fault> {
    let mut tx = store.write().await?;
    let outcome = match deed {
        Deed::Revoke => {
            tx.revoke_grant(grant, now).await?;
            None
        }
        Deed::Present(sequence) => {
            let token = Presentation {
                grant,
                sequence,
                now,
                access_until: now.plus_secs(300),
            };
            Some(subject.rotate(tx.as_mut(), token).await?)
        }
    };
    tx.commit().await?;
    Ok(outcome)
}

/// A grant whose tokens have rotated a few times.
async fn granted(store: &Arc<dyn Store>, template: &Grant, dice: &mut Dice) -> Result<Grant, String> {
    let sequence = 2 + i64::try_from(dice.below(5)).unwrap_or(0);
    let grant = Grant {
        id: GrantId(growing_uuid(template.created_at, dice.entropy())),
        session: SessionId(uuid(dice.entropy())),
        sequence,
        previous: sequence - 1,
        ..template.clone()
    };
    let written = async {
        let mut tx = store.write().await?;
        tx.insert_grant(&grant).await?;
        tx.commit().await
    };
    written.await.map_err(|fault: Fault| fault.to_string())?;
    Ok(grant)
}
