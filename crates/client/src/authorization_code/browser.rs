//! Opening the user's browser.

use std::io;
use std::process::{Command, Stdio};

#[cfg(target_os = "macos")]
const OPENER: (&str, &[&str]) = ("open", &[]);
#[cfg(windows)]
const OPENER: (&str, &[&str]) = ("rundll32", &["url.dll,FileProtocolHandler"]);
#[cfg(not(any(target_os = "macos", windows)))]
const OPENER: (&str, &[&str]) = ("xdg-open", &[]);

/// Opens a URL in the user's browser: by `xdg-open`, on macOS by `open`, on Windows by its URL handler.
///
/// # Errors
/// What the operating system says when there is no such program. That a browser appears is not known.
pub fn open_browser(url: &str) -> io::Result<()> {
    let (program, arguments) = OPENER;
    let mut child = Command::new(program)
        .args(arguments)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    // Some openers stay as long as the browser does.
    std::thread::spawn(move || child.wait());
    Ok(())
}
