//! `keyward serve` on PostgreSQL, as it is run for real.

use std::fs;
use std::process::{Command, Stdio};

use super::{Server, append, empty, keyward, log};
use crate::postgres::{self, Postgres};
use crate::service::{Service, Signal, command, free_port, wait_until};
use crate::shell::{Failure, Outcome, While, capture, heading};

/// The first administrator.
const ADMIN: &str = "root";

impl Server {
    /// `keyward serve` on an empty database, which it fills itself.
    pub(crate) fn serve(database: &Postgres) -> Outcome<Self> {
        heading("keyward serve on PostgreSQL");
        let home = empty("interop/server-postgres")?;
        let listen = format!("127.0.0.1:{}", free_port()?);
        let url = format!("http://{listen}");
        let config = home.join("keyward.toml");
        fs::write(&config, format!("[server]\npublic_url = \"{url}\"\n")).during(config.display())?;
        let sealing = capture(Command::new(keyward()).args(["key", "generate"]))?;
        let password = postgres::password()?;
        let mut serve = command(&keyward(), Signal::Term, None);
        serve.arg("serve").arg("--config").arg(&config);
        serve
            .env("KEYWARD_SERVER_LISTEN", &listen)
            .env("KEYWARD_DATABASE_URL", database.create("keyward_interop")?)
            .env("KEYWARD_SEALING_KEY", sealing.trim())
            .env("KEYWARD_BOOTSTRAP_ADMIN_USERNAME", ADMIN)
            .env("KEYWARD_BOOTSTRAP_ADMIN_PASSWORD", &password);
        serve.stdout(Stdio::null()).stderr(append(&home)?);
        let mut service = Service::start(&mut serve, Signal::Term)?;
        let said = || fs::read_to_string(log(&home)).unwrap_or_default();
        wait_until(&mut service, "keyward serve", || said().contains("ready listen="))
            .map_err(|failure| Failure::new(format!("{failure}\n{}", said())))?;
        println!("ready at {listen}");
        let env = [
            ("KEYWARD_ADMIN_URL", url),
            ("KEYWARD_ADMIN_USER", ADMIN.to_owned()),
            ("KEYWARD_ADMIN_PASSWORD", password),
        ];
        Ok(Self {
            name: "keyward serve on PostgreSQL",
            service,
            home,
            env: env.map(|(name, value)| (name.to_owned(), value)).to_vec(),
        })
    }
}
