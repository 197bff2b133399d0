use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use keyward_jose::Algorithm;
use serde_json::json;
use tokio::runtime::Runtime;

use super::administrator::Administrator;
use super::beside::Tokens;
use super::row::Row;
use super::scenario::{Ground, Scenario};
use super::{Plan, crowd, until_known, wait};
use crate::Failure;
use crate::connection::Connection;
use crate::load::{Load, Measured};
use crate::scenario::{self, Format};
use crate::server::{Installation, Server};

/// A server with a large realm, and machines that want tokens of it.
pub(super) struct Stage<'a> {
    plan: &'a Plan,
    runtime: &'a Runtime,
    server: Server,
    ground: Ground,
    tokens: Tokens,
}

impl<'a> Stage<'a> {
    /// Writes the people, makes a client and a role, and finds out how many tokens fill the core.
    pub(super) fn set(plan: &'a Plan, installation: &Installation, runtime: &'a Runtime) -> Result<Self, Failure> {
        eprintln!("{} users", plan.users);
        let server = installation.start()?;
        let client = installation.create_client(Format::Jwt(Algorithm::Es256))?;
        let request: Arc<[Vec<u8>]> = Arc::new([scenario::token(server.address, &client)]);
        let ground = wait(runtime, async {
            crowd::write(installation.database(), plan.users).await?;
            let administrator = Administrator::log_in(&server).await?;
            let role = json!({ "name": "bench" });
            administrator.create("/realms/demo/roles", &role).await?;
            until_known(async || {
                let mut connection = Connection::open(server.address).await?;
                connection
                    .exchange(request.first().ok_or("no request")?)
                    .await?
                    .expect(200)
            })
            .await?;
            let some = format!("/realms/demo/users?first=500&max={}", plan.connections);
            let some = administrator.read(&some).await?;
            let ids = some.as_array().into_iter().flatten();
            let ids = ids.filter_map(|user| user.get("id")?.as_str().map(str::to_owned));
            Ok(Ground {
                users: plan.users,
                rows: ids.collect(),
                role: administrator.read("/realms/demo/roles/bench").await?,
                made: Arc::new(AtomicUsize::new(0)),
            })
        })?;
        let mut stage = Self {
            plan,
            runtime,
            ground,
            tokens: Tokens {
                address: server.address,
                process: server.process(),
                request,
                connections: plan.connections,
                per_second: 0.0,
                duration: plan.seconds,
            },
            server,
        };
        let full = stage.full(|| Ok(stage.tokens.full()))?;
        stage.tokens.per_second = full.per_second / 2.0;
        println!(
            "tokens, ES256: {:.0}/s fill the core, {:.1} us each",
            full.per_second, full.cpu_micros
        );
        Ok(stage)
    }

    /// One row: the administrator alone, then pairs of tokens without and beside.
    pub(super) fn row(&self, scenario: Scenario) -> Result<Row, Failure> {
        let alone = self.full(|| self.load(scenario, self.plan.connections))?;
        let mut pairs = Vec::new();
        for _ in 0..self.plan.pairs {
            let administrator = async || self.load_now(scenario, self.plan.beside).await;
            pairs.push(wait(self.runtime, self.tokens.pair(administrator))?);
        }
        Ok(Row { scenario, alone, pairs })
    }

    /// As many as the core can do: the round whose rate is the median.
    fn full(&self, load: impl Fn() -> Result<Load, Failure>) -> Result<Measured, Failure> {
        let mut rounds = Vec::new();
        for _ in 0..self.plan.rounds {
            rounds.push(load()?.run(self.runtime)?);
        }
        rounds.sort_by(|one, other| one.per_second.total_cmp(&other.per_second));
        let middle = rounds.len() / 2;
        rounds.into_iter().nth(middle).ok_or_else(|| "no round".into())
    }

    fn load(&self, scenario: Scenario, connections: u16) -> Result<Load, Failure> {
        wait(self.runtime, self.load_now(scenario, connections))
    }

    /// With a fresh token: it is good for a minute only.
    async fn load_now(&self, scenario: Scenario, connections: u16) -> Result<Load, Failure> {
        let administrator = Administrator::log_in(&self.server).await?;
        Ok(Load {
            address: self.server.address,
            process: self.server.process(),
            callers: scenario.callers(&self.ground, &administrator, connections)?,
            duration: self.plan.seconds,
        })
    }
}
