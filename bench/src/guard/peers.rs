use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use super::stage::Stage;
use super::tokens::{AUDIENCE, ISSUER, SCOPE};
use crate::{Failure, clock, pin, undisturbed};

/// What stands before the API.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Program {
    /// `keyward guard` as a gateway.
    Keyward,
    /// The same, with hardly any memory for tokens: each is new to it.
    KeywardForgetful,
    /// HAProxy with `jwt_verify`.
    Haproxy,
    /// Envoy with the filter `jwt_authn`.
    Envoy,
    /// nginx, which asks `keyward guard` before it forwards. The figures are those of the guard alone.
    NginxAndKeyward,
}

/// Which checks it makes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Checks {
    /// None: what the program costs as a proxy.
    None,
    /// Signature, issuer, audience, end, scope.
    Token,
}

/// Programs that run on the measured core, for as long as this value lives.
pub(super) struct Running {
    processes: Vec<Child>,
    /// Whose time counts.
    pub(super) measured: u32,
    pub(super) address: SocketAddr,
}

const LONGEST_START: Duration = Duration::from_secs(20);

impl Program {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Keyward | Self::KeywardForgetful => "keyward gateway",
            Self::Haproxy => "HAProxy",
            Self::Envoy => "Envoy",
            Self::NginxAndKeyward => "keyward forward-auth (behind nginx)",
        }
    }

    /// Starts it before the stage's API.
    pub(super) fn start(self, checks: Checks, program: &Path, stage: &Stage) -> Result<Running, Failure> {
        let listen = free()?;
        let folder = stage.folder();
        let mut running = Running {
            processes: Vec::new(),
            measured: 0,
            address: listen,
        };
        match self {
            Self::Keyward | Self::KeywardForgetful => {
                let remembered = if self == Self::Keyward { 20_000 } else { 100 };
                let config = folder.join("guard.toml");
                let gateway = format!("[gateway]\nlisten = \"{listen}\"\n");
                std::fs::write(&config, keyward(stage, checks, remembered, &gateway))?;
                running.run(program, &["guard".into(), "--config".into(), config])?;
            }
            Self::Haproxy => {
                let config = folder.join("haproxy.cfg");
                std::fs::write(folder.join("pub.pem"), stage.pem())?;
                std::fs::write(&config, haproxy(stage, checks, listen))?;
                running.run(program, &["-db".into(), "-f".into(), config])?;
            }
            Self::Envoy => {
                let config = folder.join("envoy.yaml");
                std::fs::write(&config, envoy(stage, checks, listen))?;
                let args = [
                    "--concurrency",
                    "1",
                    "--log-level",
                    "error",
                    "--disable-hot-restart",
                    "-c",
                ];
                let mut args: Vec<PathBuf> = args.map(PathBuf::from).into();
                args.push(config);
                running.run(program, &args)?;
            }
            Self::NginxAndKeyward => {
                let guard = free()?;
                let config = folder.join("guard.toml");
                let section = format!("[forward_auth]\nlisten = \"{guard}\"\n");
                std::fs::write(&config, keyward(stage, checks, 20_000, &section))?;
                running.run(program, &["guard".into(), "--config".into(), config])?;
                let config = folder.join("nginx.conf");
                std::fs::write(&config, nginx(stage, listen, guard))?;
                running.run_beside(stage.nginx(), &["-p".into(), folder.into(), "-c".into(), config])?;
            }
        }
        running.wait(stage)?;
        Ok(running)
    }
}

impl Running {
    fn run(&mut self, program: &Path, args: &[PathBuf]) -> Result<(), Failure> {
        self.run_beside(program, args)?;
        self.measured = self.processes.last().map_or(0, Child::id);
        Ok(())
    }

    fn run_beside(&mut self, program: &Path, args: &[PathBuf]) -> Result<(), Failure> {
        let mut command = pin::command(pin::MEASURED_CORE, program);
        command
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let process = command
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        self.processes.push(process);
        Ok(())
    }

    /// Lets its processes go before all others of the core, where that is allowed.
    pub(super) fn go_first(&self) {
        for process in &self.processes {
            undisturbed::goes_first(process.id());
        }
    }

    /// Until it answers as it should: 200 to a good token, and 401 to none and to a bad one where it checks.
    fn wait(&mut self, stage: &Stage) -> Result<(), Failure> {
        let deadline = clock::now() + LONGEST_START;
        while !stage.answers(self.address) {
            for process in &mut self.processes {
                if let Some(status) = process.try_wait()? {
                    return Err(format!("a program ended before it answered: {status}").into());
                }
            }
            if clock::now() > deadline {
                return Err(format!("nothing good came from {} within 20 s", self.address).into());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for process in &mut self.processes {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn free() -> Result<SocketAddr, Failure> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

fn keyward(stage: &Stage, checks: Checks, remembered: u32, section: &str) -> String {
    let needs = match checks {
        Checks::None => "public = true",
        Checks::Token => "policy = \"read\"",
    };
    format!(
        "[server]\nverified_tokens = {remembered}\n{section}\
         [[issuer]]\nid = \"bench\"\nurl = \"{ISSUER}\"\npreset = \"keycloak\"\njwks_uri = \"http://{}/jwks\"\n\
         [policy.read]\naudience = [\"{AUDIENCE}\"]\nscopes.all = [\"{SCOPE}\"]\n\
         [[route]]\npath = \"/orders/{{id}}\"\n{needs}\nupstream = \"http://{}\"\n",
        stage.keys(),
        stage.api(),
    )
}

fn haproxy(stage: &Stage, checks: Checks, listen: SocketAddr) -> String {
    let token = format!(
        "  http-request deny deny_status 401 unless {{ req.hdr_cnt(authorization) eq 1 }}
  http-request set-var(txn.t) http_auth_bearer
  http-request set-var(txn.alg) var(txn.t),jwt_header_query('$.alg')
  http-request deny deny_status 401 unless {{ var(txn.alg) -m str RS256 }}
  http-request deny deny_status 401 unless {{ var(txn.t),jwt_payload_query('$.iss') -m str {ISSUER} }}
  http-request deny deny_status 401 unless {{ var(txn.t),jwt_payload_query('$.aud') -m str {AUDIENCE} }}
  http-request deny deny_status 401 unless {{ var(txn.t),jwt_verify(txn.alg,\"{}/pub.pem\") 1 }}
  http-request set-var(txn.now) date()
  http-request set-var(txn.exp) var(txn.t),jwt_payload_query('$.exp','int')
  http-request deny deny_status 401 if {{ var(txn.exp),sub(txn.now) -m int lt 0 }}
  http-request deny deny_status 403 unless {{ var(txn.t),jwt_payload_query('$.scope') -m sub {SCOPE} }}
",
        stage.folder().display()
    );
    format!(
        "global\n  nbthread 1\ndefaults\n  mode http\n  http-reuse always\n  timeout client 60s\n  timeout server 60s\n  \
         timeout connect 5s\nfrontend jwt\n  bind {listen}\n{}  default_backend api\nbackend api\n  server api {}\n",
        if checks == Checks::Token { token.as_str() } else { "" },
        stage.api(),
    )
}

fn envoy(stage: &Stage, checks: Checks, listen: SocketAddr) -> String {
    let filter = format!(
        "          - name: envoy.filters.http.jwt_authn
            typed_config:
              \"@type\": type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication
              providers:
                bench:
                  issuer: {ISSUER}
                  audiences: [{AUDIENCE}]
                  forward: true
                  jwt_cache_config: {{jwt_cache_size: 2000}}
                  local_jwks: {{inline_string: '{}'}}
              rules:
              - match: {{prefix: /}}
                requires: {{provider_name: bench}}
",
        stage.jwks()
    );
    format!(
        "static_resources:
  listeners:
  - address: {{socket_address: {{address: {}, port_value: {}}}}}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          \"@type\": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: bench
          route_config:
            virtual_hosts:
            - name: all
              domains: ['*']
              routes: [{{match: {{prefix: /}}, route: {{cluster: api}}}}]
          http_filters:
{}          - name: envoy.filters.http.router
            typed_config:
              \"@type\": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
  clusters:
  - name: api
    type: STATIC
    load_assignment:
      cluster_name: api
      endpoints:
      - lb_endpoints:
        - endpoint: {{address: {{socket_address: {{address: {}, port_value: {}}}}}}}
",
        listen.ip(),
        listen.port(),
        if checks == Checks::Token { filter.as_str() } else { "" },
        stage.api().ip(),
        stage.api().port(),
    )
}

fn nginx(stage: &Stage, listen: SocketAddr, guard: SocketAddr) -> String {
    format!(
        "daemon off; master_process off; worker_processes 1; error_log stderr crit; pid {}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 1000000000;
  upstream api {{ server {}; keepalive 256; }}
  upstream guard {{ server {guard}; keepalive 256; keepalive_requests 1000000000; }}
  proxy_http_version 1.1; proxy_set_header Connection \"\";
  server {{
    listen {listen};
    location / {{ auth_request /_guard; proxy_pass http://api; }}
    location = /_guard {{
      internal; proxy_pass http://guard/nginx; proxy_pass_request_body off;
      proxy_set_header Connection \"\"; proxy_set_header Content-Length \"\";
      proxy_set_header X-Original-URI $request_uri; proxy_set_header X-Original-Method $request_method;
      proxy_set_header X-Original-Host $http_host; proxy_set_header X-Forwarded-For $remote_addr;
    }}
  }}
}}
",
        stage.folder().display(),
        stage.api(),
    )
}
