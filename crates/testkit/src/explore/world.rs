//! One grant on its way through a real store.

use std::collections::VecDeque;
use std::sync::Arc;

use keyward_domain::entropy::{growing_uuid, uuid};
use keyward_domain::grant::Grant;
use keyward_domain::grant::present::{Outcome, Presentation};
use keyward_domain::id::{GrantId, SessionId};
use keyward_domain::ports::{Store, Tx};
use keyward_domain::{Fault, Timestamp};

use super::actors::Network;
use super::dice::Dice;
use super::ledger::{Ledger, ensure};
use super::model::Model;
use super::{Report, Subject};

/// How much of what led to a violation is shown.
const TRACE: usize = 40;

/// A grant, what is known of it, and everybody who holds a token of it.
pub(super) struct World {
    store: Arc<dyn Store>,
    subject: Arc<dyn Subject>,
    pub(super) model: Model,
    pub(super) ledger: Ledger,
    pub(super) network: Network,
    pub(super) now: Timestamp,
    /// Nobody but one client and its tabs, over a network that loses messages but delivers none of them late.
    pub(super) honest: bool,
    /// Whether its refresh tokens rotate.
    pub(super) rotates: bool,
    pub(super) report: Report,
    trace: VecDeque<String>,
}

impl World {
    /// Makes a grant.
    pub(super) async fn begin(
        store: Arc<dyn Store>,
        subject: Arc<dyn Subject>,
        template: &Grant,
        dice: &mut Dice,
    ) -> Result<Self, String> {
        let now = template.created_at;
        let grant = Grant {
            id: GrantId(growing_uuid(now, dice.entropy())),
            session: SessionId(uuid(dice.entropy())),
            idle_secs: dice.pick(&[60, 1800, 1800, 7200]).unwrap_or(60),
            expires_at: now.plus_secs(dice.pick(&[3600, 36_000, 36_000]).unwrap_or(3600)),
            ..template.clone()
        };
        let mut tx = store.write().await.map_err(text)?;
        tx.insert_grant(&grant).await.map_err(text)?;
        tx.commit().await.map_err(text)?;
        let (honest, rotates) = (dice.chance(50), dice.chance(75));
        let report = Report {
            grants: 1,
            ..Report::default()
        };
        let mut world = Self {
            store,
            subject,
            ledger: Ledger::new(&grant),
            model: Model::new(grant),
            network: Network::default(),
            now,
            honest,
            rotates,
            report,
            trace: VecDeque::new(),
        };
        world.note(format!("honest: {honest}, rotates: {rotates}, {:?}", world.model.row()));
        Ok(world)
    }

    /// Lets happen what may until the grant has ended and nothing works any more.
    pub(super) async fn live(&mut self, dice: &mut Dice) -> Result<(), String> {
        for _ in 0..40 + dice.below(400) {
            if !self.model.is_live(self.now) {
                break;
            }
            self.act(dice).await?;
        }
        if self.model.is_live(self.now) {
            self.honest = false;
            self.revoke(dice).await?;
        }
        for _ in 0..3 {
            let token = self.any_token(dice);
            self.present(token, None, dice).await?;
        }
        Ok(())
    }

    /// Presents a token in one transaction, compares, and returns what goes out. Some transactions are lost before
    /// their commit, and a `standing` is what the caller saw of a grant whose tokens do not rotate.
    pub(super) async fn present(
        &mut self,
        token: i64,
        standing: Option<Grant>,
        dice: &mut Dice,
    ) -> Result<Option<i64>, String> {
        let presentation = Presentation {
            grant: self.model.row().id,
            sequence: token,
            now: self.now,
            access_until: self.now.plus_secs(dice.pick(&[60, 300, 3600]).unwrap_or(60)),
        };
        let was_live = self.model.is_live(self.now);
        let fresh = standing.is_none();
        let mut tx = self.store.write().await.map_err(text)?;
        let (outcome, model) = self.apply(tx.as_mut(), presentation, standing).await?;
        if dice.chance(3) {
            self.note("  rolled back".into());
            return Ok(None);
        }
        tx.commit().await.map_err(text)?;
        self.model = model;
        self.count(&outcome);
        if self.rotates {
            self.ledger.write(token, self.now, &outcome, self.honest)?;
        } else if self.honest {
            let kept = !matches!(outcome, Outcome::Reused(_) | Outcome::Ended);
            ensure(kept || !(was_live && fresh), "an honest client was logged out")?;
        }
        if dice.chance(5) {
            let mut reader = self.store.read().await.map_err(text)?;
            let row = reader.grant(presentation.grant).await.map_err(text)?;
            ensure(
                row.as_ref() == Some(self.model.row()),
                "the row is another once it is committed",
            )?;
        }
        Ok(match outcome {
            Outcome::Rotated(grant) | Outcome::Repeated(grant) | Outcome::Reissued { grant, .. } => {
                Some(grant.sequence)
            }
            Outcome::Reused(_) | Outcome::Ended | Outcome::Unknown => None,
        })
    }

    /// The real thing and the model: they must agree on the answer and on the row.
    async fn apply(
        &mut self,
        tx: &mut dyn Tx,
        token: Presentation,
        standing: Option<Grant>,
    ) -> Result<(Outcome, Model), String> {
        let mut model = self.model.clone();
        let (outcome, expected) = if self.rotates {
            let outcome = self.subject.rotate(tx, token).await.map_err(text)?;
            (outcome, model.rotate(token.sequence, token.now, token.access_until))
        } else {
            let standing = match standing {
                Some(standing) => standing,
                None => tx.grant(token.grant).await.map_err(text)?.ok_or("the grant is gone")?,
            };
            let expected = model.renew(&standing, token.sequence, token.now, token.access_until);
            (self.subject.renew(tx, standing, token).await.map_err(text)?, expected)
        };
        self.note(format!(
            "{} presents {}: {}",
            token.now,
            token.sequence,
            brief(&outcome)
        ));
        if outcome != expected {
            return Err(format!("the answer is {outcome:?}\nand should be {expected:?}"));
        }
        let row = tx.grant(token.grant).await.map_err(text)?;
        if row.as_ref() != Some(model.row()) {
            return Err(format!("the row is {row:?}\nand should be {:?}", model.row()));
        }
        Ok((outcome, model))
    }

    /// Asks with each of several tokens in transactions that nobody commits: at most one of them goes on.
    pub(super) async fn probe(&mut self, dice: &mut Dice) -> Result<(), String> {
        if !self.rotates {
            return Ok(());
        }
        let (issued, standing) = (self.ledger.issued(), self.model.row().clone());
        let mut tokens: Vec<i64> = (0..=issued).collect();
        while tokens.len() > 6 {
            dice.take(&mut tokens);
        }
        tokens.extend([standing.sequence, standing.previous.max(0)]);
        tokens.sort_unstable();
        tokens.dedup();
        let mut branches = 0;
        for sequence in tokens {
            let token = Presentation {
                grant: standing.id,
                sequence,
                now: self.now,
                access_until: self.now,
            };
            let mut tx = self.store.write().await.map_err(text)?;
            let (outcome, _) = self.apply(tx.as_mut(), token, None).await?;
            self.note("  only asked".into());
            branches += usize::from(matches!(outcome, Outcome::Rotated(_)));
        }
        ensure(branches <= 1, "two branches are live")
    }

    /// Somebody revokes the grant, by itself or with its session.
    pub(super) async fn revoke(&mut self, dice: &mut Dice) -> Result<(), String> {
        let row = self.model.row().clone();
        let mut tx = self.store.write().await.map_err(text)?;
        let revoked = if dice.chance(50) {
            tx.revoke_grant(row.id, self.now).await.map_err(text)?
        } else {
            let all = tx.revoke_grants_of_session(row.session, self.now).await;
            all.map_err(text)?.first().copied()
        };
        tx.commit().await.map_err(text)?;
        self.report.steps += 1;
        self.note(format!("{} revoked: {}", self.now, revoked.is_some()));
        self.ledger.revoked();
        ensure(
            revoked == self.model.revoke(self.now),
            "a revocation says something else",
        )
    }

    /// Reads the row, as the token endpoint does before it presents a token that does not rotate.
    pub(super) async fn standing(&self) -> Result<Option<Grant>, String> {
        let mut reader = self.store.read().await.map_err(text)?;
        reader.grant(self.model.row().id).await.map_err(text)
    }

    /// Any token that was ever issued, and one that was not.
    pub(super) fn any_token(&self, dice: &mut Dice) -> i64 {
        let tokens: Vec<i64> = (0..=self.ledger.issued()).collect();
        dice.pick(&tokens).unwrap_or(0)
    }

    /// What led here.
    pub(super) fn trace(&self) -> String {
        self.trace.iter().map(String::as_str).collect::<Vec<_>>().join("\n  ")
    }

    pub(super) fn note(&mut self, line: String) {
        if self.trace.len() == TRACE {
            // The first line says what kind of world it is.
            self.trace.remove(1);
        }
        self.trace.push_back(line);
    }

    fn count(&mut self, outcome: &Outcome) {
        self.report.steps += 1;
        let counter = match outcome {
            Outcome::Rotated(_) => &mut self.report.rotated,
            Outcome::Repeated(_) => &mut self.report.repeated,
            Outcome::Reissued { .. } => &mut self.report.reissued,
            Outcome::Reused(_) => &mut self.report.reused,
            Outcome::Ended | Outcome::Unknown => &mut self.report.ended,
        };
        *counter += 1;
    }
}

fn brief(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Rotated(grant) => format!("rotated, {} is current", grant.sequence),
        Outcome::Repeated(grant) => format!("repeated, {} is current", grant.sequence),
        Outcome::Reissued { grant, dead, .. } => format!("reissued, {} is current, {dead} is dead", grant.sequence),
        Outcome::Reused(_) => "reused".into(),
        Outcome::Ended => "ended".into(),
        Outcome::Unknown => "unknown".into(),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn text(fault: Fault) -> String {
    fault.to_string()
}
