use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use tokio::runtime::Runtime;

use crate::args::Options;
use crate::ceiling::{Ceiling, Hello};
use crate::connection::Connection;
use crate::load::Load;
use crate::machine::Machine;
use crate::report::{Memory, Report, Start};
use crate::request::Credentials;
use crate::row::Row;
use crate::scenario::{self, Endpoint, FORMATS, Format, SCENARIOS, Scenario};
use crate::server::{Installation, Server};
use crate::{Failure, clock};

/// What the bench was asked to do.
pub(crate) struct Plan {
    server: PathBuf,
    folder: PathBuf,
    duration: Duration,
    connections: u16,
    date: Option<String>,
    profile: Option<String>,
}

/// A running server and what is needed to ask it.
struct Subject<'a> {
    runtime: &'a Runtime,
    server: &'a Server,
    /// By format's name.
    clients: BTreeMap<&'static str, Credentials>,
    api: Credentials,
    plan: &'a Plan,
}

#[derive(Deserialize)]
struct TokenResponse {
    access_token: String,
}

/// How many different tokens are introspected in turn.
const TOKENS: usize = 512;
/// How long a running server may take to know a client made beside it.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// What a server does right after its start is over by then.
const SETTLED: Duration = Duration::from_millis(500);

impl Plan {
    /// Reads the command line of `keyward-bench token`.
    pub(crate) fn from_options(options: &Options) -> Result<Self, Failure> {
        let server = options.required("server")?;
        let server = PathBuf::from(server)
            .canonicalize()
            .map_err(|error| format!("--server {server}: {error}"))?;
        // Beside the program by default, not in /tmp, which is often memory: an fsync must reach a disk.
        let parent = options
            .text("data")
            .map(PathBuf::from)
            .or_else(|| server.parent().map(PathBuf::from));
        let folder = parent
            .unwrap_or_default()
            .join(format!("keyward-bench-{}", std::process::id()));
        let connections = options.number("connections", 16)?;
        if connections == 0 {
            return Err("--connections: at least one is needed".into());
        }
        Ok(Self {
            server,
            folder,
            duration: options.seconds("seconds", 4.0)?,
            connections,
            date: options.text("date").map(str::to_owned),
            profile: options.text("profile").map(str::to_owned),
        })
    }

    /// How long each half of a ceiling is measured, before and after its scenario.
    fn ceiling_duration(&self) -> Duration {
        self.duration / 4
    }
}

/// Runs the bench. The server's folder is removed at the end, but kept for a look when something failed.
pub(crate) fn run(plan: &Plan) -> Result<Report, Failure> {
    let (data, log) = (plan.folder.join("data"), plan.folder.join("server.log"));
    std::fs::create_dir_all(&plan.folder)?;
    let installation = Installation {
        program: plan.server.clone(),
        data,
        log,
    };
    let report = measure(plan, &installation)
        .map_err(|failure| format!("{failure}\nthe server's log and data are in {}", plan.folder.display()))?;
    std::fs::remove_dir_all(&plan.folder)?;
    Ok(report)
}

fn measure(plan: &Plan, installation: &Installation) -> Result<Report, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    eprintln!("start-up");
    let first = installation.start()?;
    let first_start = start(&runtime, &first)?;
    first.stop()?;
    let server = installation.start()?;
    let second_start = start(&runtime, &server)?;
    std::thread::sleep(SETTLED);
    let idle_kib = server.resident_kib()?;

    let subject = Subject::prepare(&runtime, installation, &server, plan)?;
    let hello = Hello::start()?;
    let mut rows = Vec::new();
    for scenario in &SCENARIOS {
        eprintln!("{}", scenario.endpoint.name());
        let row = subject
            .row(scenario, &hello)
            .map_err(|failure| format!("{}: {failure}", scenario.endpoint.name()))?;
        rows.push(row);
    }
    let memory = Memory {
        idle_kib,
        after_load_kib: server.resident_kib()?,
    };
    server.stop()?;
    Ok(Report {
        date: plan.date.clone(),
        profile: plan.profile.clone(),
        machine: Machine::read()?,
        optimized: !cfg!(debug_assertions),
        seconds: plan.duration.as_secs_f64(),
        connections: plan.connections,
        rows,
        first_start,
        second_start,
        memory,
    })
}

/// Asks a server that just became ready for its first token.
fn start(runtime: &Runtime, server: &Server) -> Result<Start, Failure> {
    let request = scenario::token(server.address, &server.demo_client("backend-service")?);
    runtime.block_on(async {
        Connection::open(server.address)
            .await?
            .exchange(&request)
            .await?
            .ok()
            .map(drop)
    })?;
    Ok(Start {
        stated_ready_ms: server.ready_ms,
        ready_ms: clock::millis(server.ready_after),
        first_token_ms: clock::millis(server.spawned.elapsed()),
    })
}

impl<'a> Subject<'a> {
    /// Makes a client for each format and waits until the server issues to all of them.
    fn prepare(
        runtime: &'a Runtime,
        installation: &Installation,
        server: &'a Server,
        plan: &'a Plan,
    ) -> Result<Self, Failure> {
        let mut clients = BTreeMap::new();
        for format in FORMATS {
            clients.insert(format.name(), installation.create_client(format)?);
        }
        let api = server.demo_client("backend-api")?;
        let subject = Self {
            runtime,
            server,
            clients,
            api,
            plan,
        };
        for format in FORMATS {
            subject.wait_for(format)?;
        }
        Ok(subject)
    }

    fn wait_for(&self, format: Format) -> Result<(), Failure> {
        let deadline = clock::now() + LONGEST_WAIT;
        loop {
            match self.tokens(format, 1) {
                Ok(_) => return Ok(()),
                Err(failure) if clock::now() > deadline => {
                    return Err(format!("no token for {}: {failure}", format.client_id()).into());
                }
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }

    /// Fetches tokens, one after the other, and checks that they are of the wanted format.
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

    fn client(&self, format: Format) -> Result<&Credentials, Failure> {
        self.clients
            .get(format.name())
            .ok_or_else(|| format!("no client for {}", format.name()).into())
    }

    /// Measures one scenario between two halves of its ceiling.
    fn row(&self, scenario: &Scenario, hello: &Hello) -> Result<Row, Failure> {
        let (endpoint, duration) = (scenario.endpoint, self.plan.ceiling_duration());
        let load = Load {
            address: self.server.address,
            requests: self.requests(endpoint)?,
            contains: endpoint.contains(),
            connections: self.plan.connections,
            duration: self.plan.duration,
        };
        let before = Ceiling::measure(hello, &load, endpoint.work(), duration, self.runtime)?;
        let measured = load.run(self.runtime)?;
        let after = Ceiling::measure(hello, &load, endpoint.work(), duration, self.runtime)?;
        Ok(Row::new(scenario, &measured, before.bracket(&after)))
    }

    fn requests(&self, endpoint: Endpoint) -> Result<Arc<[Vec<u8>]>, Failure> {
        let server: SocketAddr = self.server.address;
        Ok(match endpoint {
            Endpoint::Token(format) => Arc::new([scenario::token(server, self.client(format)?)]),
            Endpoint::Introspection(format) => {
                let tokens = self.tokens(format, TOKENS)?;
                tokens
                    .iter()
                    .map(|token| scenario::introspection(server, token, &self.api))
                    .collect()
            }
            Endpoint::Discovery => Arc::new([scenario::discovery(server)]),
            Endpoint::Jwks => Arc::new([scenario::jwks(server)]),
        })
    }
}
