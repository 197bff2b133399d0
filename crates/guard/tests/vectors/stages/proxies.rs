//! Forward-auth as real proxies ask for it, with the configurations of `docs/guard`.

use std::fmt::{self, Display, Formatter};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use keyward_guard::forward_auth::{ForwardAuth as Server, Settings as Own};
use keyward_guard::testing::Revoked;
use keyward_guard::testing::vectors::{Answer, Kind, Request, Shell, Stage};
use keyward_guard::{Guard, Revocation, Settings};
use tempfile::TempDir;
use tokio::sync::watch;

use self::program::{Program, free_port, program};
use super::{answer, guard};
use crate::support::upstream::Upstream;
use crate::support::wire::{bytes, exchange};

#[expect(clippy::disallowed_methods, reason = "a helper of a test may read the clock")]
#[path = "../../forward_auth/support/program.rs"]
pub(crate) mod program;

/// Longer than anything takes that works.
const STUCK: Duration = Duration::from_secs(20);

/// A proxy, and how it is run.
#[derive(Clone, Copy)]
pub(crate) struct Proxy {
    /// The variable of the environment that says where the program is.
    variable: &'static str,
    /// Its file in `docs/guard`.
    pub(crate) config: &'static str,
    /// Where its configuration says on which address it listens, and what goes there.
    listen: (&'static str, fn(u16) -> String),
    command: fn(&Path, &TempDir, &str) -> Command,
    /// Vectors that it refuses by itself although the guard would let them through.
    pub(crate) may_refuse: &'static [&'static str],
    /// Vectors that end in another way there: what the configuration does not pass on, or the proxy joins before it asks.
    pub(crate) other: &'static [&'static str],
}

/// The proxies that run where these tests run.
pub(crate) const ALL: [Proxy; 4] = [
    Proxy {
        variable: "KEYWARD_TEST_NGINX",
        config: "nginx.conf",
        listen: ("listen 80;", |port| format!("listen 127.0.0.1:{port};")),
        command: nginx,
        // A line of more than 8 KiB.
        may_refuse: &["size/nearly_16_kib", "size/fraction_of_7000_digits"],
        other: &["limits/legacy_headers"],
    },
    Proxy {
        variable: "KEYWARD_TEST_CADDY",
        config: "Caddyfile",
        listen: ("api.example.com {", |port| {
            format!("http://:{port} {{\n\tbind 127.0.0.1")
        }),
        command: caddy,
        may_refuse: &[],
        other: &["limits/legacy_headers"],
    },
    Proxy {
        variable: "KEYWARD_TEST_ENVOY",
        config: "envoy.yaml",
        listen: ("address: 0.0.0.0, port_value: 80", |port| {
            format!("address: 127.0.0.1, port_value: {port}")
        }),
        command: envoy,
        may_refuse: &[],
        other: &ENVOY_OTHER,
    },
    Proxy {
        variable: "KEYWARD_TEST_ENVOY",
        config: "envoy-http.yaml",
        listen: ("address: 0.0.0.0, port_value: 80", |port| {
            format!("address: 127.0.0.1, port_value: {port}")
        }),
        command: envoy,
        may_refuse: &[],
        other: &ENVOY_OTHER,
    },
];

/// Envoy joins two `Authorization` fields into one before it asks, so they are refused as one that is no token.
const ENVOY_OTHER: [&str; 6] = [
    "limits/legacy_headers",
    "bearer/challenge_of_two_credentials",
    "transport/two_headers_good_first",
    "transport/two_headers_good_last",
    "transport/two_headers_alike",
    "transport/two_headers_of_two_schemes",
];

/// A proxy before an API, asking whichever guard is there at the moment.
pub(crate) struct Proxied {
    config: &'static str,
    proxy: Program,
    current: Arc<ArcSwap<Guard>>,
    upstream: Arc<Upstream>,
    revoked: Arc<Revoked>,
    _stop: watch::Sender<bool>,
}

/// A guard to be put there.
pub(crate) struct Behind {
    address: SocketAddr,
    guard: Arc<Guard>,
    current: Arc<ArcSwap<Guard>>,
    upstream: Arc<Upstream>,
}

impl Proxied {
    /// Starts a proxy; nothing when it is not installed.
    pub(crate) async fn start(proxy: Proxy) -> Option<Self> {
        let path = program(proxy.variable)?;
        let nobody = Guard::builder(Settings::default()).build().unwrap();
        let current = Arc::new(ArcSwap::from_pointee(nobody));
        let mut own = Own::default();
        own.listen.set_port(0);
        let server = Server::prepare(own, Arc::clone(&current)).unwrap();
        let listener = server.bind().await.unwrap();
        let asked = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(server.serve(listener, stopped));
        let upstream = Arc::new(Upstream::start().await);
        let port = free_port();
        let config = documented(proxy, port, asked, upstream.address());
        Some(Self {
            config: proxy.config,
            proxy: Program::start(port, |folder| (proxy.command)(&path, folder, &config)).await,
            current,
            upstream,
            revoked: Arc::default(),
            _stop: stop,
        })
    }
}

impl Stage for Proxied {
    type Shell = Behind;

    fn kind(&self) -> Kind {
        Kind::ForwardAuth
    }

    async fn open(&self, config: String) -> Behind {
        let settings = Settings::from_toml(&config).unwrap_or_else(|error| panic!("{error}"));
        Behind {
            address: self.proxy.address,
            guard: guard(settings, &self.revoked).await,
            current: Arc::clone(&self.current),
            upstream: Arc::clone(&self.upstream),
        }
    }

    fn revoke(&self, token_id: &str, revocation: Revocation) {
        self.revoked.say(token_id, revocation);
    }
}

impl Shell for Behind {
    async fn send(&self, request: &Request) -> Answer {
        self.current.store(Arc::clone(&self.guard));
        let response = exchange(self.address, bytes(request)).await;
        answer(response, self.upstream.got())
    }
}

impl Display for Proxied {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.config)
    }
}

/// A configuration of the documentation with other addresses in it.
fn documented(proxy: Proxy, port: u16, guard: SocketAddr, api: SocketAddr) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guard");
    let text = std::fs::read_to_string(folder.join(proxy.config)).unwrap();
    let (before, own) = (proxy.listen.0, (proxy.listen.1)(port));
    assert!(text.contains(before), "{} has no {before}", proxy.config);
    let yaml = |address: SocketAddr| format!("127.0.0.1, port_value: {}", address.port());
    [
        ("127.0.0.1:8091", guard.to_string()),
        ("127.0.0.1:8080", api.to_string()),
        ("127.0.0.1, port_value: 8091", yaml(guard)),
        ("127.0.0.1, port_value: 8080", yaml(api)),
        (before, own),
    ]
    .iter()
    .fold(text, |text, (from, to)| text.replace(from, to))
}

fn nginx(path: &Path, folder: &TempDir, server: &str) -> Command {
    let folder = folder.path().display();
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {folder}/{name};"))
        .concat();
    let config = format!(
        "daemon off; master_process off; pid {folder}/pid; error_log stderr warn;\n\
         events {{}}\nhttp {{ access_log off; {temporary}\n{server}\n}}"
    );
    let file = format!("{folder}/nginx.conf");
    std::fs::write(&file, config).unwrap();
    let mut command = Command::new(path);
    command.args(["-p", &folder.to_string(), "-e", "stderr", "-c", &file]);
    command
}

fn caddy(path: &Path, folder: &TempDir, site: &str) -> Command {
    let file = folder.path().join("Caddyfile");
    std::fs::write(&file, format!("{{\n\tadmin off\n}}\n{site}")).unwrap();
    let mut command = Command::new(path);
    command.args(["run", "--adapter", "caddyfile", "--config"]).arg(file);
    for variable in ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"] {
        command.env(variable, folder.path());
    }
    command
}

/// Envoy by a configuration.
pub(crate) fn envoy(path: &Path, folder: &TempDir, config: &str) -> Command {
    let file = folder.path().join("envoy.yaml");
    std::fs::write(&file, config).unwrap();
    let mut command = Command::new(path);
    command.arg("--config-path").arg(file);
    command.args(["--concurrency", "1", "--disable-hot-restart", "--log-level", "warn"]);
    command
}
