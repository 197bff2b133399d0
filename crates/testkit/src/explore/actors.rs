//! Who does what: a client with tabs, the network between it and the server, a thief, an administrator, a clock.

use keyward_domain::Timestamp;
use keyward_domain::grant::Grant;

use super::dice::Dice;
use super::world::World;

const TABS: usize = 4;

/// Longest way of a message of an honest client, in milliseconds.
const LONGEST_WAY: i64 = 5_000;

/// A token on its way.
struct Message {
    tab: usize,
    token: i64,
    sent: Timestamp,
    /// What the server saw of the row before it began to write.
    standing: Option<Grant>,
}

/// The messages on their way, and what everybody holds. The tabs of a client share the newest token that any of them
/// received.
#[derive(Default)]
pub(super) struct Network {
    requests: Vec<Message>,
    answers: Vec<Message>,
    newest: i64,
    waiting: [bool; TABS],
    stolen: Option<i64>,
}

impl Network {
    fn idle(&mut self, tab: usize) {
        if let Some(waiting) = self.waiting.get_mut(tab) {
            *waiting = false;
        }
    }

    fn receive(&mut self, answer: &Message) {
        self.newest = self.newest.max(answer.token);
        self.idle(answer.tab);
    }
}

impl World {
    /// One thing happens.
    pub(super) async fn act(&mut self, dice: &mut Dice) -> Result<(), String> {
        match dice.below(100) {
            0..27 => self.send(dice).await,
            27..55 => {
                let request = dice.take(&mut self.network.requests);
                self.deliver(request, dice).await
            }
            55..73 => {
                if let Some(answer) = dice.take(&mut self.network.answers) {
                    self.network.receive(&answer);
                }
                Ok(())
            }
            73..81 => {
                self.lose(dice);
                Ok(())
            }
            81..91 => self.pass_time(dice).await,
            91..94 => self.probe(dice).await,
            _ if self.honest => self.send(dice).await,
            _ => self.intrude(dice).await,
        }
    }

    /// A tab asks with the newest token. An honest client does not begin with a new one while another tab still asks
    /// with the old one.
    async fn send(&mut self, dice: &mut Dice) -> Result<(), String> {
        let network = &self.network;
        let (token, tab) = (network.newest, dice.below(TABS));
        let asks_with_another = network.requests.iter().any(|request| request.token != token);
        if network.waiting.get(tab) != Some(&false) || (self.honest && asks_with_another) {
            return Ok(());
        }
        // Only a server that stalls between reading and writing has an old view of the row.
        let standing = if self.rotates || self.honest || dice.chance(50) {
            None
        } else {
            self.standing().await?
        };
        if let Some(waiting) = self.network.waiting.get_mut(tab) {
            *waiting = true;
        }
        let sent = self.now;
        self.network.requests.push(Message {
            tab,
            token,
            sent,
            standing,
        });
        Ok(())
    }

    /// A request arrives, and its answer goes out.
    async fn deliver(&mut self, request: Option<Message>, dice: &mut Dice) -> Result<(), String> {
        let Some(Message {
            tab, token, standing, ..
        }) = request
        else {
            return Ok(());
        };
        match self.present(token, standing, dice).await? {
            Some(token) => self.network.answers.push(Message {
                tab,
                token,
                sent: self.now,
                standing: None,
            }),
            None => self.network.idle(tab),
        }
        Ok(())
    }

    /// A request or an answer is lost; its tab gives up and may ask again.
    fn lose(&mut self, dice: &mut Dice) {
        let network = &mut self.network;
        let messages = if dice.chance(40) {
            &mut network.requests
        } else {
            &mut network.answers
        };
        if let Some(lost) = dice.take(messages) {
            network.idle(lost.tab);
        }
    }

    /// The clock moves, often to just before or after an instant at which something changes.
    async fn pass_time(&mut self, dice: &mut Dice) -> Result<(), String> {
        let row = self.model.row();
        let edge = dice.pick(&[-1, 0, 1]).unwrap_or(0);
        let step = |millis: i64| self.now.millis() + millis;
        let to_the_end = dice.chance(20);
        let target = Timestamp::from_millis(match dice.below(24) {
            0 if to_the_end => row.rotated_at.millis() + row.idle_secs * 1000 + edge.min(0),
            1 if to_the_end => row.expires_at.millis() + edge.min(0),
            2..7 => row.rotated_at.millis() + 30_000 + edge,
            7..10 => step(3_000),
            10..13 => step(9_000),
            13..15 => step(61_000),
            15..17 => step(600_000),
            // Another node, whose clock is behind.
            17 if !self.honest => step(-40_000),
            _ => step(500),
        });
        if target < self.now && (self.honest || target.millis() < step(-40_000)) {
            return Ok(());
        }
        if self.honest {
            self.settle(target, dice).await?;
        }
        self.now = target;
        self.note(format!("{target} is now"));
        Ok(())
    }

    /// What would be too old by then arrives or is lost before.
    async fn settle(&mut self, target: Timestamp, dice: &mut Dice) -> Result<(), String> {
        let late = |message: &Message| target.millis_since(message.sent) > LONGEST_WAY;
        loop {
            let network = &mut self.network;
            if let Some(index) = network.requests.iter().position(late) {
                let request = network.requests.swap_remove(index);
                if dice.chance(50) {
                    self.deliver(Some(request), dice).await?;
                } else {
                    network.idle(request.tab);
                }
            } else if let Some(index) = network.answers.iter().position(late) {
                let answer = network.answers.swap_remove(index);
                if dice.chance(50) {
                    network.receive(&answer);
                } else {
                    network.idle(answer.tab);
                }
            } else {
                return Ok(());
            }
        }
    }

    /// Somebody who is not the client.
    async fn intrude(&mut self, dice: &mut Dice) -> Result<(), String> {
        match dice.below(20) {
            0..6 => {
                let network = &self.network;
                let mut seen = vec![network.newest];
                seen.extend(
                    network
                        .requests
                        .iter()
                        .chain(&network.answers)
                        .map(|message| message.token),
                );
                self.network.stolen = dice.pick(&seen);
                Ok(())
            }
            6..15 => {
                let Some(token) = self.network.stolen else {
                    return Ok(());
                };
                self.note("a thief".into());
                let next = self.present(token, None, dice).await?;
                if let Some(next) = next.filter(|_| dice.chance(80)) {
                    self.network.stolen = Some(next);
                }
                Ok(())
            }
            // A request that arrives again: the network had it twice.
            15..18 => {
                let tokens: Vec<i64> = self.network.requests.iter().map(|request| request.token).collect();
                match dice.pick(&tokens) {
                    Some(token) => self.present(token, None, dice).await.map(|_| ()),
                    None => Ok(()),
                }
            }
            18 => {
                let token = self.any_token(dice);
                self.present(token, None, dice).await.map(|_| ())
            }
            _ => self.revoke(dice).await,
        }
    }
}
