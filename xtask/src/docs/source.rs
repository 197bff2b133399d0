//! The sources of the crates, as the generated documents read them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::shell::{Outcome, While, root};

/// A source file.
pub(super) struct Source {
    /// Crate and path: `server/http/edge.rs` stands for `crates/server/src/http/edge.rs`.
    pub(super) name: String,
    /// Its text, without unit tests.
    pub(super) text: String,
}

/// Every source file of every crate, sorted by name; files of tests are left out.
pub(super) fn all() -> Outcome<Vec<Source>> {
    let mut found = Vec::new();
    for krate in entries(&root().join("crates"))? {
        let Some(name) = krate.file_name().map(|name| name.to_string_lossy().into_owned()) else {
            continue;
        };
        if krate.join("src").is_dir() {
            below(&krate.join("src"), &name, &mut found)?;
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// Where the file of a name lies.
pub(super) fn path(name: &str) -> Option<PathBuf> {
    let (krate, rest) = name.split_once('/')?;
    Some(root().join("crates").join(krate).join("src").join(rest))
}

fn below(folder: &Path, prefix: &str, found: &mut Vec<Source>) -> Outcome {
    for path in entries(folder)? {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let name = format!("{prefix}/{file}");
        if path.is_dir() && file != "tests" {
            below(&path, &name, found)?;
        } else if file != "tests.rs" && path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path).during(&name)?;
            found.push(Source {
                name,
                text: without_tests(&text),
            });
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let place = folder.display();
    fs::read_dir(folder)
        .during(&place)?
        .map(|entry| Ok(entry.during(&place)?.path()))
        .collect()
}

/// The text without what stands under a `#[cfg(test)]` at the left margin.
fn without_tests(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line != "#[cfg(test)]" {
            kept.push_str(line);
            kept.push('\n');
            continue;
        }
        // The item ends in its own line (`mod tests;`) or at the brace that closes it.
        if lines.next().is_some_and(|line| line.ends_with('{')) {
            lines.by_ref().find(|line| *line == "}");
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::{all, without_tests};

    #[test]
    fn tests_are_left_out_wherever_they_stand() {
        let text = "#[cfg(test)]\nmod tests;\nfn a() {\n}\n#[cfg(test)]\nmod more {\n    fn b() {}\n}\nfn c() {}\n";
        assert_eq!(without_tests(text), "fn a() {\n}\nfn c() {}\n");
    }

    #[test]
    fn names_begin_with_the_crate() {
        assert!(all().unwrap().iter().any(|source| source.name == "protocol/error.rs"));
    }
}
