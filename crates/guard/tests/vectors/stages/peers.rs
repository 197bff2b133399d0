//! Other programs that check tokens, set up as `bench/src/guard/peers.rs` sets them up: signature, issuer, audience, end.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use keyward_guard::Revocation;
use keyward_guard::testing::TestKey;
use keyward_guard::testing::vectors::{Answer, Kind, Request, Shell, Stage};
use keyward_jose::digest::b64_encode;
use serde_json::json;
use tempfile::TempDir;

use super::answer;
use super::proxies::envoy;
use super::proxies::program::{Program, free_port, program};
use crate::support::upstream::Upstream;
use crate::support::wire::{bytes, exchange};

/// As `main.toml` has them.
const ISSUER: &str = "https://id.example.com/realms/acme";
const AUDIENCE: &str = "https://api.example.com";
const SCOPE: &str = "orders:read";
const SKEW: u32 = 30;

/// A program.
#[derive(Clone, Copy)]
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    /// The variable of the environment that says where it is.
    variable: &'static str,
    /// What makes it say its version.
    version: &'static str,
    command: fn(&Path, &TempDir, Addresses) -> Command,
}

pub(crate) const HAPROXY: Peer = Peer {
    name: "HAProxy",
    variable: "KEYWARD_TEST_HAPROXY",
    version: "-v",
    command: haproxy,
};

pub(crate) const ENVOY: Peer = Peer {
    name: "Envoy",
    variable: "KEYWARD_TEST_ENVOY",
    version: "--version",
    command: jwt_authn,
};

/// Where a program listens, and what stands behind it.
#[derive(Clone, Copy)]
struct Addresses {
    port: u16,
    api: SocketAddr,
}

/// A program at work before an API.
pub(crate) struct Running {
    /// What it says of itself.
    pub(crate) version: String,
    program: Program,
    upstream: Arc<Upstream>,
}

/// The program takes one configuration, so this is but a way to it.
pub(crate) struct Door {
    address: SocketAddr,
    upstream: Arc<Upstream>,
}

impl Running {
    /// Starts a program; nothing when it is not installed.
    pub(crate) async fn start(peer: Peer) -> Option<Self> {
        let path = program(peer.variable)?;
        let said = Command::new(&path).arg(peer.version).output().unwrap().stdout;
        let said = String::from_utf8_lossy(&said);
        let upstream = Arc::new(Upstream::start().await);
        let addresses = Addresses {
            port: free_port(),
            api: upstream.address(),
        };
        let start = Program::start(addresses.port, |folder| (peer.command)(&path, folder, addresses));
        Some(Self {
            version: said.trim().lines().next().unwrap_or_default().to_owned(),
            program: start.await,
            upstream,
        })
    }
}

impl Stage for Running {
    type Shell = Door;

    fn kind(&self) -> Kind {
        Kind::Gateway
    }

    async fn open(&self, _guards_own: String) -> Door {
        Door {
            address: self.program.address,
            upstream: Arc::clone(&self.upstream),
        }
    }

    fn revoke(&self, _token_id: &str, _revocation: Revocation) {}
}

impl Shell for Door {
    async fn send(&self, request: &Request) -> Answer {
        let response = exchange(self.address, bytes(request)).await;
        answer(response, self.upstream.got())
    }
}

/// HAProxy has one key for each rule: the algorithm chooses which.
fn haproxy(path: &Path, folder: &TempDir, Addresses { port, api }: Addresses) -> Command {
    for (name, key) in [("RS256", TestKey::Rsa), ("ES256", TestKey::P256)] {
        std::fs::write(folder.path().join(name), pem(key)).unwrap();
    }
    let keys = folder.path().display();
    let config = format!(
        "global
  nbthread 1
defaults
  mode http
  timeout client 20s
  timeout server 20s
  timeout connect 5s
frontend jwt
  bind 127.0.0.1:{port}
  http-request deny deny_status 401 unless {{ req.hdr_cnt(authorization) eq 1 }}
  http-request set-var(txn.t) http_auth_bearer
  http-request set-var(txn.alg) var(txn.t),jwt_header_query('$.alg')
  http-request deny deny_status 401 unless {{ var(txn.alg) -m str RS256 ES256 }}
  http-request deny deny_status 401 unless {{ var(txn.t),jwt_payload_query('$.iss') -m str {ISSUER} }}
  http-request deny deny_status 401 unless {{ var(txn.t),jwt_payload_query('$.aud') -m str {AUDIENCE} }}
  http-request deny deny_status 401 if {{ var(txn.alg) -m str RS256 }} !{{ var(txn.t),jwt_verify(txn.alg,\"{keys}/RS256\") 1 }}
  http-request deny deny_status 401 if {{ var(txn.alg) -m str ES256 }} !{{ var(txn.t),jwt_verify(txn.alg,\"{keys}/ES256\") 1 }}
  http-request set-var(txn.now) date()
  http-request set-var(txn.exp) var(txn.t),jwt_payload_query('$.exp','int')
  http-request deny deny_status 401 if {{ var(txn.exp),sub(txn.now),add({SKEW}) -m int lt 0 }}
  http-request deny deny_status 403 unless {{ var(txn.t),jwt_payload_query('$.scope') -m sub {SCOPE} }}
  default_backend api
backend api
  server api {api}
"
    );
    let file = folder.path().join("haproxy.cfg");
    std::fs::write(&file, config).unwrap();
    let mut command = Command::new(path);
    command.args(["-db", "-f"]).arg(file);
    command
}

/// Envoy's filter leaves scopes to another one.
fn jwt_authn(path: &Path, folder: &TempDir, Addresses { port, api }: Addresses) -> Command {
    let keys = [TestKey::Rsa, TestKey::P256].map(|key| json!(key.signing_key().public_jwk()));
    let keys = json!({ "keys": keys });
    let api = api.port();
    let config = format!(
        "static_resources:
  listeners:
  - address: {{socket_address: {{address: 127.0.0.1, port_value: {port}}}}}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          \"@type\": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: peers
          route_config:
            virtual_hosts:
            - name: all
              domains: ['*']
              routes: [{{match: {{prefix: /}}, route: {{cluster: api}}}}]
          http_filters:
          - name: envoy.filters.http.jwt_authn
            typed_config:
              \"@type\": type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication
              providers:
                acme:
                  issuer: {ISSUER}
                  audiences: [{AUDIENCE}]
                  forward: true
                  clock_skew_seconds: {SKEW}
                  local_jwks: {{inline_string: '{keys}'}}
              rules:
              - match: {{prefix: /}}
                requires: {{provider_name: acme}}
          - name: envoy.filters.http.router
            typed_config:
              \"@type\": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
  clusters:
  - name: api
    type: STATIC
    load_assignment:
      cluster_name: api
      endpoints:
      - lb_endpoints:
        - endpoint: {{address: {{socket_address: {{address: 127.0.0.1, port_value: {api}}}}}}}
"
    );
    envoy(path, folder, &config)
}

/// The public half. RFC 7468 §13
fn pem(key: TestKey) -> String {
    let text = b64_encode(key.signing_key().public_der());
    let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        lines.join("\n")
    )
}
