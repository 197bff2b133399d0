//! The file with the logins of this user.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::address;
use super::kept::Login;
use crate::failure::Failure;
use crate::private_file;

/// The logins, while nobody else can change them: a refresh token works once, so two commands must not both send it.
pub(super) struct Logins {
    folder: PathBuf,
    kept: Kept,
    _lock: File,
}

/// What the file holds.
#[derive(Default, Serialize, Deserialize)]
struct Kept {
    /// The server that is meant when none is named.
    current: Option<String>,
    logins: Vec<Login>,
}

/// The login at a server; of the last one when none is named. An error when a named one has no login.
pub(crate) fn find(server: Option<&str>) -> Result<Option<Login>, Failure> {
    let kept = read(&folder()?)?;
    let Some(server) = server else {
        return Ok(kept.current().cloned());
    };
    let server = address::server(server)?;
    match kept.logins.into_iter().find(|login| login.server == server) {
        Some(login) => Ok(Some(login)),
        None => Err(Failure::new(format!(
            "nobody is logged in at {server}. Log in with keyward login {server}"
        ))),
    }
}

impl Logins {
    /// Waits until nobody else works with the file, and reads it.
    pub(super) fn locked() -> Result<Self, Failure> {
        let folder = folder()?;
        let failed = |error: &io::Error| Failure::path("keep the login in", &folder, error);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .map_err(|error| failed(&error))?;
        let lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(folder.join("logins.lock"))
            .and_then(|lock| lock.lock().map(|()| lock))
            .map_err(|error| failed(&error))?;
        let kept = read(&folder)?;
        Ok(Self {
            folder,
            kept,
            _lock: lock,
        })
    }

    /// The login at a server, as it is now.
    pub(super) fn at(&self, server: &str) -> Option<&Login> {
        self.kept.logins.iter().find(|login| login.server == server)
    }

    /// The one that is meant when no server is named.
    pub(super) fn current(&self) -> Option<&Login> {
        self.kept.current()
    }

    /// Keeps a login, which becomes the one that is meant when no server is named.
    pub(super) fn keep(&mut self, login: Login) -> Result<(), Failure> {
        self.kept.current = Some(login.server.clone());
        self.update(login)
    }

    /// Keeps a login that was there with other tokens.
    pub(super) fn update(&mut self, login: Login) -> Result<(), Failure> {
        self.kept.logins.retain(|other| other.server != login.server);
        self.kept.logins.push(login);
        self.write()
    }

    /// Forgets the login at a server. The one before it is meant from then on.
    pub(super) fn forget(&mut self, server: &str) -> Result<(), Failure> {
        self.kept.logins.retain(|login| login.server != server);
        if self.kept.current.as_deref() == Some(server) {
            self.kept.current = self.kept.logins.last().map(|login| login.server.clone());
        }
        self.write()
    }

    fn write(&self) -> Result<(), Failure> {
        let file = self.folder.join(FILE);
        let failed = |error: io::Error| Failure::path("keep the login in", &file, &error);
        let text = serde_json::to_vec_pretty(&self.kept).map_err(|error| failed(error.into()))?;
        private_file::replace(&file, &text).map_err(failed)
    }
}

impl Kept {
    fn current(&self) -> Option<&Login> {
        let current = self.current.as_deref()?;
        self.logins.iter().find(|login| login.server == current)
    }
}

const FILE: &str = "logins.json";

/// A file that others may read is not read: its tokens may be somebody else's by now.
fn read(folder: &std::path::Path) -> Result<Kept, Failure> {
    let path = folder.join(FILE);
    let failed = |error: &io::Error| Failure::path("read the login in", &path, error);
    let metadata = match fs::metadata(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Kept::default()),
        metadata => metadata.map_err(|error| failed(&error))?,
    };
    if metadata.permissions().mode() & 0o077 != 0 {
        let path = path.display();
        return Err(Failure::new(format!(
            "others may read {path}, in which tokens stand. chmod 600 {path}, and log in again if somebody did"
        )));
    }
    let text = fs::read(&path).map_err(|error| failed(&error))?;
    // What stands there is never quoted.
    serde_json::from_slice(&text).map_err(|_| {
        let path = path.display();
        Failure::new(format!(
            "{path} is not what keyward login wrote. Remove it, and log in again"
        ))
    })
}

/// `$XDG_CONFIG_HOME/keyward`, else `~/.config/keyward`.
fn folder() -> Result<PathBuf, Failure> {
    let variable = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    variable("XDG_CONFIG_HOME")
        .or_else(|| variable("HOME").map(|home| home.join(".config")))
        .map(|folder| folder.join("keyward"))
        .ok_or_else(|| Failure::new("there is no place to keep a login: neither XDG_CONFIG_HOME nor HOME is set"))
}
