//! Realm files as they lie in a folder: one file, or what Keycloak's export writes into a directory
//! (`shop-realm.json` with `shop-users-0.json` and so on beside it).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use keyward_domain::Clock as _;
use keyward_server::admin::realms::import::{self, ImportError, Imported, Problems, RealmFile, Source};

use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::place::Opened;

mod placeholder;

/// A file with a realm, or with a list of them, and the files with more users of it.
pub(crate) struct RealmText {
    /// Where it was read.
    name: String,
    text: String,
    users: Vec<(String, String)>,
}

impl RealmText {
    /// Reads a file, or every realm of a directory. Placeholders `${NAME}` get the value of the environment.
    pub(crate) fn read_all(path: &Path) -> Result<Vec<Self>, Failure> {
        if !path.is_dir() {
            return Ok(vec![Self::read(path, &[])?]);
        }
        let names = names(path)?;
        if names.is_empty() {
            return Err(Failure::new(format!("{} holds no file *.json", path.display())));
        }
        let mut realms = Vec::new();
        for name in names.iter().filter(|name| realm_of_users(name).is_none()) {
            let realm = name.strip_suffix("-realm.json");
            let beside: Vec<PathBuf> = names
                .iter()
                .filter(|other| realm.is_some() && realm_of_users(other) == realm)
                .map(|other| path.join(other))
                .collect();
            realms.push(Self::read(&path.join(name), &beside)?);
        }
        Ok(realms)
    }

    /// Reads a file with the files of more users.
    pub(crate) fn read(file: &Path, users: &[PathBuf]) -> Result<Self, Failure> {
        Ok(Self {
            name: file.display().to_string(),
            text: read(file)?,
            users: users
                .iter()
                .map(|file| Ok((file.display().to_string(), read(file)?)))
                .collect::<Result<_, Failure>>()?,
        })
    }

    /// The text of the file itself.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The file, as it was named.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The realms in it: at least one.
    pub(crate) fn realms(&self) -> Result<Vec<RealmFile<'_>>, Failure> {
        let mut realms = import::realms(&self.text).map_err(|problems| refused(&problems, &self.name))?;
        if realms.is_empty() {
            return Err(holds_none(&self.name));
        }
        for (name, text) in &self.users {
            let [realm] = realms.as_mut_slice() else {
                return Err(Failure::new(format!(
                    "{name}: the file that it belongs to must hold one realm"
                )));
            };
            realm
                .add_users(text, name)
                .map_err(|problems| refused(&problems, name))?;
        }
        Ok(realms)
    }
}

/// Imports a realm into a database. `None` when one of its name is there.
pub(crate) async fn import_one(
    realm: RealmFile<'_>,
    opened: &Opened,
    public_url: &str,
) -> Result<Option<Imported>, Failure> {
    let source = Source {
        public_url,
        sealer: &opened.sealer,
        now: SystemClock.now(),
    };
    let name = realm.name().unwrap_or_else(|| "of no name".to_owned());
    match import::import(&*opened.store, realm, source).await {
        Ok(imported) => Ok(Some(imported)),
        Err(ImportError::Exists(_)) => Ok(None),
        Err(ImportError::Problems(problems)) => Err(refused(&problems, &format!("realm {name}"))),
        Err(error) => Err(Failure::of(&error)),
    }
}

/// A file with an empty list.
pub(crate) fn holds_none(file: &str) -> Failure {
    Failure::new(format!("{file} holds no realm"))
}

/// Each problem on a line of its own, before the one that says that `what` failed.
fn refused(problems: &Problems, what: &str) -> Failure {
    match problems.told() {
        [one] if problems.more() == 0 => Failure::new(format!("{what}: {one}")),
        told => {
            for problem in told {
                eprintln!("{problem}");
            }
            Failure::new(match problems.more() {
                0 => format!("{what} was not imported: mend what stands above"),
                more => format!("{what} was not imported: mend what stands above, and {more} more"),
            })
        }
    }
}

/// The JSON files of a directory, by name, users by their number.
fn names(folder: &Path) -> Result<Vec<String>, Failure> {
    let failed = |error: &io::Error| Failure::path("read", folder, error);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| failed(&error))? {
        let name = entry.map_err(|error| failed(&error))?.file_name();
        let name = name.to_string_lossy().into_owned();
        let is_json = Path::new(&name)
            .extension()
            .is_some_and(|extension| extension == "json");
        // Users of a user storage, which is data only: they have no row here.
        if is_json && !name.contains("-federated-users-") {
            names.push(name);
        }
    }
    names.sort_by_key(|name| (number(name), name.clone()));
    Ok(names)
}

/// The realm whose users a file holds, by its name.
fn realm_of_users(name: &str) -> Option<&str> {
    number(name)?;
    name.rsplit_once("-users-").map(|(realm, _)| realm)
}

fn number(name: &str) -> Option<u32> {
    let (_, number) = name.strip_suffix(".json")?.rsplit_once("-users-")?;
    number.parse().ok()
}

fn read(file: &Path) -> Result<String, Failure> {
    let text = if file.as_os_str() == "-" {
        io::read_to_string(io::stdin())
    } else {
        fs::read_to_string(file)
    };
    let text = text.map_err(|error| Failure::path("read", file, &error))?;
    Ok(placeholder::fill(&text, |name| std::env::var(name).ok()))
}

#[cfg(test)]
mod tests {
    use super::{names, realm_of_users};

    #[test]
    fn files_of_users_belong_to_their_realm() {
        assert_eq!(realm_of_users("shop-users-0.json"), Some("shop"));
        assert_eq!(realm_of_users("a-users-b-users-12.json"), Some("a-users-b"));
        for name in ["shop-realm.json", "shop.json", "shop-users-x.json", "shop-users-1.txt"] {
            assert_eq!(realm_of_users(name), None, "{name}");
        }
    }

    #[test]
    fn files_of_users_come_in_the_order_of_their_numbers() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "s-users-10.json",
            "s-users-2.json",
            "s-realm.json",
            "s-federated-users-0.json",
            "notes.txt",
        ] {
            std::fs::write(folder.path().join(name), "{}").unwrap();
        }
        assert_eq!(
            names(folder.path()).unwrap(),
            ["s-realm.json", "s-users-2.json", "s-users-10.json"]
        );
    }
}
