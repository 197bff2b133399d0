//! Programs of the system: where they are and how old.

use std::path::PathBuf;
use std::process::Command;

use crate::shell::capture;

/// Where a program lies.
pub(super) fn on_path(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// The first `x.y` in what a command prints.
pub(super) fn version(command: &mut Command) -> Option<(u32, u32)> {
    first_version(&capture(command).ok()?)
}

fn first_version(text: &str) -> Option<(u32, u32)> {
    text.split(|c: char| !c.is_ascii_digit() && c != '.').find_map(|word| {
        let mut numbers = word.split('.').map(str::parse);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(major)), Some(Ok(minor))) => Some((major, minor)),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_tools_print() {
        assert_eq!(first_version("v20.20.2\n"), Some((20, 20)));
        assert_eq!(first_version("go version go1.26.8 linux/amd64\n"), Some((1, 26)));
        assert_eq!(first_version("none"), None);
    }
}
