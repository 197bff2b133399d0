use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use keyward_jose::Algorithm;
use serde::Deserialize;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::application::Application;
use crate::caller::{Caller, Callers, Repeat};
use crate::ceiling::{Ceiling, Gauge, Hello, Needs};
use crate::connection::Connection;
use crate::flow::{CodeFlow, Given, PasswordLogin, Person, Refresh};
use crate::load::Load;
use crate::people::People;
use crate::request::Credentials;
use crate::row::Row;
use crate::run::Plan;
use crate::scenario::{self, ALGORITHMS, Endpoint, FORMATS, Format, Scenario};
use crate::server::{Installation, Server};
use crate::storm::Storm;
use crate::{Failure, clock};

/// A running server and what is needed to ask it.
pub(crate) struct Subject<'a> {
    runtime: &'a Runtime,
    server: &'a Server,
    /// By format's name.
    clients: BTreeMap<&'static str, Credentials>,
    api: Credentials,
    /// The `Cookie` of people who are logged in, as many as there are connections.
    sessions: Vec<String>,
    person: Person,
    plan: &'a Plan,
}

/// What a scenario is made of.
struct Material {
    callers: Callers,
    /// Requests like those of the callers, for the bare server.
    like: Arc<[Vec<u8>]>,
}

#[derive(Deserialize)]
struct TokenResponse {
    access_token: String,
}

/// How many different tokens are introspected, or shown at userinfo, in turn.
const TOKENS: usize = 512;
/// How long a running server may take to know a client made beside it.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

impl<'a> Subject<'a> {
    /// Makes a client for each format, an application for each algorithm and people who are logged in, and waits until
    /// the server issues to all of them.
    pub(crate) fn prepare(
        runtime: &'a Runtime,
        installation: &Installation,
        server: &'a Server,
        plan: &'a Plan,
    ) -> Result<Self, Failure> {
        let mut clients = BTreeMap::new();
        for format in FORMATS {
            clients.insert(format.name(), installation.create_client(format)?);
        }
        let sessions = runtime.block_on(async {
            let people = People::open(installation.database()).await?;
            people.applications(&ALGORITHMS).await?;
            people.logged_in(usize::from(plan.connections)).await
        })?;
        let subject = Self {
            runtime,
            server,
            clients,
            api: server.demo_client("backend-api")?,
            sessions,
            person: Person {
                username: "alice".to_owned(),
                password: server.password("alice")?.to_owned(),
            },
            plan,
        };
        for format in FORMATS {
            wait_for(&format.client_id(), || subject.tokens(format, 1).map(drop))?;
        }
        for algorithm in ALGORITHMS {
            wait_for(&Application::client_id(algorithm), || {
                subject.given(algorithm, 1).map(drop)
            })?;
        }
        Ok(subject)
    }

    /// Measures one scenario in rounds, each between two measurements of its ceiling.
    pub(crate) fn row(&self, scenario: &Scenario, hello: &Hello) -> Result<Row, Failure> {
        let endpoint = scenario.endpoint;
        let Material { mut callers, like } = self.material(endpoint)?;
        let needs = Needs {
            requests: like,
            answers: endpoint.answers(),
            works: endpoint.works(),
        };
        let gauge = Gauge {
            hello,
            connections: self.plan.connections,
            duration: self.plan.ceiling_duration(),
            runtime: self.runtime,
        };
        let mut before = Ceiling::measure(&needs, gauge)?;
        let mut rounds = Vec::new();
        loop {
            let measured = self.load(callers).run(self.runtime)?;
            let after = Ceiling::measure(&needs, gauge)?;
            rounds.push(Row::new(scenario, &measured, before.bracket(&after)));
            if rounds.len() >= usize::from(self.plan.rounds) {
                return Row::median(rounds).ok_or_else(|| "no round".into());
            }
            before = after;
            callers = self.material(endpoint)?.callers;
        }
    }

    /// Measures what logins do to the latency of machines' tokens.
    pub(crate) fn storm(&self) -> Result<Storm, Failure> {
        let tokens = || self.material(Endpoint::Token(Format::Jwt(Algorithm::Rs256)));
        let logins = self.material(Endpoint::PasswordLogin(Algorithm::Rs256))?.callers;
        let before = self.load(tokens()?.callers).run(self.runtime)?;
        let (beside, logins) = self
            .load(tokens()?.callers)
            .run_beside(self.load(logins), self.runtime)?;
        let after = self.load(tokens()?.callers).run(self.runtime)?;
        Ok(Storm::new([&before, &after], &beside, &logins))
    }

    fn load(&self, callers: Callers) -> Load {
        Load {
            address: self.server.address,
            process: self.server.process(),
            callers,
            duration: self.plan.duration,
        }
    }

    fn material(&self, endpoint: Endpoint) -> Result<Material, Failure> {
        let server = self.server.address;
        let repeat = |like: Arc<[Vec<u8>]>| Material {
            callers: Repeat::callers(&like, endpoint.contains(), self.plan.connections),
            like,
        };
        Ok(match endpoint {
            Endpoint::Token(format) => repeat(Arc::new([scenario::token(server, self.client(format)?)])),
            Endpoint::Introspection(format) => {
                let tokens = self.tokens(format, TOKENS)?;
                let requests = tokens
                    .iter()
                    .map(|token| scenario::introspection(server, token, &self.api));
                repeat(requests.collect())
            }
            Endpoint::Discovery => repeat(Arc::new([scenario::discovery(server)])),
            Endpoint::Jwks => repeat(Arc::new([scenario::jwks(server)])),
            Endpoint::Userinfo(algorithm) => {
                let given = self.given(algorithm, TOKENS)?;
                let requests = given
                    .iter()
                    .map(|given| scenario::userinfo(server, &given.access_token));
                repeat(requests.collect())
            }
            Endpoint::Refresh(algorithm) => {
                let application = Application::new(server, algorithm);
                let given = self.given(algorithm, self.sessions.len())?;
                of(given
                    .iter()
                    .map(|given| Refresh::new(&application, &given.refresh_token)))
            }
            Endpoint::CodeFlow(algorithm) => {
                let application = Application::new(server, algorithm);
                let flows = self.sessions.iter().map(|session| CodeFlow::new(&application, session));
                let authorize = self
                    .sessions
                    .first()
                    .map(|session| application.authorize_silently(session));
                // A code is 32 bytes in base64url.
                let redeem = application.redeem(&"c".repeat(43));
                Material {
                    like: authorize.into_iter().chain([redeem]).collect(),
                    ..of(flows)
                }
            }
            Endpoint::PasswordLogin(algorithm) => {
                let application = Application::new(server, algorithm);
                of((0..self.plan.connections).map(|_| PasswordLogin::new(&application, &self.person)))
            }
        })
    }

    /// Fetches tokens of a machine, one after the other, and checks that they are of the wanted format.
    fn tokens(&self, format: Format, count: usize) -> Result<Vec<String>, Failure> {
        let request = scenario::token(self.server.address, self.client(format)?);
        self.runtime.block_on(async {
            let mut connection = Connection::open(self.server.address).await?;
            let mut tokens = Vec::with_capacity(count);
            while tokens.len() < count {
                let response: TokenResponse = serde_json::from_slice(connection.exchange(&request).await?.ok()?)?;
                if !format.fits(&response.access_token) {
                    return Err(format!("a token of {} is not {}", format.client_id(), format.name()).into());
                }
                tokens.push(response.access_token);
            }
            Ok(tokens)
        })
    }

    /// Fetches tokens of people, one after the other, by their sessions in turn.
    fn given(&self, algorithm: Algorithm, count: usize) -> Result<Vec<Given>, Failure> {
        let application = Application::new(self.server.address, algorithm);
        let sessions = self.sessions.iter().cycle().take(count).cloned().collect();
        let given = self.runtime.block_on(give(application, sessions))?;
        let fits = |given: &Given| Format::Jwt(algorithm).fits(&given.access_token);
        if given.iter().all(fits) {
            Ok(given)
        } else {
            Err(format!("a token that is not signed with {}", algorithm.name()).into())
        }
    }

    fn client(&self, format: Format) -> Result<&Credentials, Failure> {
        self.clients
            .get(format.name())
            .ok_or_else(|| format!("no client for {}", format.name()).into())
    }
}

/// Starts the server anew and gives tokens to `count` people who are logged in. Returns its resident memory in KiB.
pub(crate) fn with_sessions(count: usize, installation: &Installation, runtime: &Runtime) -> Result<u64, Failure> {
    let server = installation.start()?;
    let sessions: Vec<String> = runtime.block_on(async {
        let people = People::open(installation.database()).await?;
        people.logged_in(count).await
    })?;
    let application = Application::new(server.address, Algorithm::Es256);
    runtime.block_on(async {
        let mut tasks = JoinSet::new();
        for part in sessions.chunks(sessions.len().div_ceil(AT_ONCE).max(1)) {
            tasks.spawn(give(application.clone(), part.to_vec()));
        }
        while let Some(given) = tasks.join_next().await {
            given??;
        }
        server.resident_kib()
    })
}

/// Connections by which many people get their tokens.
const AT_ONCE: usize = 16;

/// Gets tokens by each of the sessions, one after the other.
async fn give(application: Application, sessions: Vec<String>) -> Result<Vec<Given>, Failure> {
    let mut connection = Connection::open(application.server()).await?;
    let mut given = Vec::with_capacity(sessions.len());
    for session in sessions {
        given.push(CodeFlow::new(&application, &session).once(&mut connection).await?);
    }
    Ok(given)
}

/// A material without an equal for the bare server.
fn of<C: Caller + 'static>(callers: impl Iterator<Item = C>) -> Material {
    Material {
        callers: callers.map(|caller| Box::new(caller) as Box<dyn Caller>).collect(),
        like: Arc::new([]),
    }
}

fn wait_for(client_id: &str, attempt: impl Fn() -> Result<(), Failure>) -> Result<(), Failure> {
    let deadline = clock::now() + LONGEST_WAIT;
    loop {
        match attempt() {
            Ok(()) => return Ok(()),
            Err(failure) if clock::now() > deadline => {
                return Err(format!("no token for {client_id}: {failure}").into());
            }
            Err(_) => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}
