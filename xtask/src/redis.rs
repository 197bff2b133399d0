//! A Redis server for one test run: nothing on disk, thrown away afterwards.

use std::net::TcpStream;
use std::path::Path;
use std::process::Stdio;

use crate::service::{Service, Signal, command, free_port, wait_until};
use crate::shell::{Outcome, heading, target};

/// The running server.
pub(crate) struct Redis {
    _service: Service,
    url: String,
}

impl Redis {
    /// Starts `program` on a free port of 127.0.0.1.
    pub(crate) fn start(program: &Path) -> Outcome<Self> {
        let port = free_port()?;
        let mut redis = command(program, Signal::Term, None);
        redis.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--port"]);
        redis.arg(port.to_string()).current_dir(target()).stdout(Stdio::null());
        let mut service = Service::start(&mut redis, Signal::Term)?;
        wait_until(&mut service, "Redis", || {
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        })?;
        heading(format!("Redis ready on 127.0.0.1:{port}"));
        Ok(Self {
            _service: service,
            url: format!("redis://127.0.0.1:{port}/"),
        })
    }

    /// `redis://host:port/`
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}
