//! Playing a chapter.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use keyward_client::time::{Clock as _, SystemClock};

use super::judge::judge;
use super::template::Scene;
use super::{Answer, Chapter, Reply, RequestTemplate, Shell, Stage, Step, Vector, World};
use crate::revocation::Revocation;

/// What came of a chapter.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How many vectors were played.
    pub played: usize,
    /// How many make no sense on this stage.
    pub left_out: usize,
    /// What was refused on the way to the guard, with the name of the vector: as it should be, or what should have passed.
    pub refused_early: Vec<String>,
    /// The part of them that should have passed.
    pub kept_away: Vec<String>,
    /// What was wrong, with the name of the vector.
    pub wrong: Vec<String>,
}

/// Plays every vector of a chapter that makes sense on a stage, in their order. `watch` sees each vector with its tokens
/// and each answer.
///
/// Beside what a vector wants, a refusal has to be in order: one challenge with 401 and none where no credential would
/// help, a problem with the same status and request id, nothing that may be cached, and one description of everything
/// that can be wrong with a token.
pub async fn run<S: Stage>(
    chapter: &Chapter,
    stage: &S,
    world: &dyn World,
    mut watch: impl FnMut(&Vector, &[String], &Answer),
) -> Outcome {
    let mut outcome = Outcome::default();
    let mut shells = HashMap::new();
    for vector in &chapter.vectors {
        if !vector.only.is_empty() && !vector.only.contains(&stage.kind()) {
            outcome.left_out += 1;
            continue;
        }
        outcome.played += 1;
        if vector.fresh {
            shells.remove(&vector.config);
        }
        let mut play = Play { chapter, stage, world };
        let name = format!("{}/{}", chapter.name, vector.name);
        match play.vector(vector, &mut shells, &mut watch).await {
            Ok(Arrived::AtTheGuard) => {}
            Ok(Arrived::Nowhere { wanted }) => {
                if wanted < 400 {
                    outcome.kept_away.push(name.clone());
                }
                outcome.refused_early.push(name);
            }
            Err(wrong) => outcome.wrong.push(format!("{name}: {wrong}")),
        }
    }
    outcome
}

/// How far a vector got.
enum Arrived {
    AtTheGuard,
    /// Something before the guard refused it. This status was wanted.
    Nowhere {
        wanted: u16,
    },
}

struct Play<'p, S> {
    chapter: &'p Chapter,
    stage: &'p S,
    world: &'p dyn World,
}

impl<S: Stage> Play<'_, S> {
    async fn vector(
        &mut self,
        vector: &Vector,
        shells: &mut HashMap<String, S::Shell>,
        watch: &mut impl FnMut(&Vector, &[String], &Answer),
    ) -> Result<Arrived, String> {
        let scene = Scene::new(vector, self.chapter.cast(), self.world, SystemClock.now())?;
        let tokens: Vec<String> = std::iter::once("token")
            .chain(vector.tokens.keys().map(String::as_str))
            .filter_map(|name| scene.signed(name))
            .map(str::to_owned)
            .collect();
        if !shells.contains_key(&vector.config) {
            let config = self.chapter.config(&vector.config).map_err(|error| error.to_string())?;
            let shell = self.stage.open(scene.text(&config)?).await;
            shells.insert(vector.config.clone(), shell);
        }
        let shell = shells.get(&vector.config).ok_or("no guard")?;
        self.tell(&scene, vector.introspection.as_ref())?;
        let steps = match &vector.expect {
            Some(expect) => vec![Step {
                at: 0,
                times: 1,
                request: None,
                introspection: None,
                revoke: BTreeMap::new(),
                expect: expect.clone(),
            }],
            None => vector.steps.clone(),
        };
        if steps.is_empty() {
            return Err("nothing is expected".to_owned());
        }
        for (index, step) in steps.iter().enumerate() {
            self.tell(&scene, step.introspection.as_ref())?;
            for (token_id, said) in &step.revoke {
                self.stage.revoke(&scene.text(token_id)?, revocation(said)?);
            }
            let written: &RequestTemplate = step.request.as_ref().unwrap_or(&vector.request);
            let request = scene.request(written, Duration::from_millis(step.at))?;
            for _ in 0..step.times {
                let answer = shell.send(&request).await;
                watch(vector, &tokens, &answer);
                if answer.early && answer.status.as_u16() >= 400 && answer.upstream.is_none() {
                    let wanted = step.expect.status;
                    return Ok(Arrived::Nowhere { wanted });
                }
                let mut wrong = judge(&step.expect, &request, self.stage.kind(), &answer);
                if let (Some(wanted), Some(token)) = (step.expect.asked, scene.signed("token")) {
                    let asked = self.world.asked(token);
                    if asked != wanted {
                        wrong.push(format!("the issuer was asked {asked} times, not {wanted}"));
                    }
                }
                if !wrong.is_empty() {
                    return Err(format!("step {}: {}", index + 1, wrong.join("; ")));
                }
            }
        }
        Ok(Arrived::AtTheGuard)
    }

    fn tell(&self, scene: &Scene<'_>, reply: Option<&Reply>) -> Result<(), String> {
        if let (Some(reply), Some(token)) = (reply, scene.signed("token")) {
            self.world.tell(token, scene.said(reply)?);
        }
        Ok(())
    }
}

fn revocation(said: &str) -> Result<Revocation, String> {
    match said {
        "stands" => Ok(Revocation::Stands),
        "revoked" => Ok(Revocation::Revoked),
        "unknown" => Ok(Revocation::Unknown),
        _ => Err(format!("`{said}` says nothing of a revocation")),
    }
}
