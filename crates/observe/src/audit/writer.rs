//! Entries as JSON lines.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Stdout, Write};
use std::path::Path;

use super::{Entry, Losses, Reader};

/// Bytes of lines that are gathered before they are written.
const CHUNK: usize = 64 * 1024;

/// Writes one JSON line per entry. What cannot be written is counted in [`Losses`] and named once in the log.
pub struct Writer<W> {
    to: W,
    lines: Vec<u8>,
    /// The last write ended inside a line. A line break comes before the next one, so that only one line is broken.
    torn: bool,
    failing: bool,
    losses: Losses,
}

impl Writer<Stdout> {
    /// Writes to standard output.
    pub fn stdout(losses: Losses) -> Self {
        Self::new(io::stdout(), losses)
    }
}

impl Writer<File> {
    /// Appends to a file, which only its owner may read if it has to be created. Fails as opening it fails.
    pub fn file(path: &Path, losses: Losses) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(Self::new(options.open(path)?, losses))
    }
}

impl<W: Write + Send> Writer<W> {
    /// Writes to `to`.
    pub fn new(to: W, losses: Losses) -> Self {
        Self {
            to,
            lines: Vec::new(),
            torn: false,
            failing: false,
            losses,
        }
    }

    /// Writes the gathered lines and empties them.
    fn write_lines(&mut self) {
        let (unwritten, result) = self.try_write();
        self.lines.clear();
        self.losses
            .leave_unwritten(u64::try_from(unwritten).unwrap_or(u64::MAX));
        match result {
            Err(error) if !self.failing => tracing::error!(%error, "audit events cannot be written"),
            Ok(()) if self.failing => tracing::info!("audit events can be written again"),
            Err(_) | Ok(()) => {}
        }
        self.failing = unwritten > 0;
    }

    /// How many lines are not there whole, and why.
    fn try_write(&mut self) -> (usize, io::Result<()>) {
        if self.torn {
            if let Err(error) = self.to.write_all(b"\n") {
                return (count(&self.lines), Err(error));
            }
            self.torn = false;
        }
        let mut rest = self.lines.as_slice();
        while !rest.is_empty() {
            let error = match self.to.write(rest) {
                Ok(0) => ErrorKind::WriteZero.into(),
                Ok(written) => {
                    let (done, left) = rest.split_at(written.min(rest.len()));
                    self.torn = !done.ends_with(b"\n");
                    rest = left;
                    continue;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => error,
            };
            return (count(rest), Err(error));
        }
        match self.to.flush() {
            Ok(()) => (0, Ok(())),
            Err(error) => (count(&self.lines), Err(error)),
        }
    }
}

impl<W: Write + Send, E: Entry> Reader<E> for Writer<W> {
    fn read(&mut self, batch: &[E]) {
        for entry in batch {
            let start = self.lines.len();
            if entry.write(&mut self.lines).is_err() {
                self.lines.truncate(start);
                self.losses.leave_unwritten(1);
                continue;
            }
            self.lines.push(b'\n');
            if self.lines.len() >= CHUNK {
                self.write_lines();
            }
        }
        if !self.lines.is_empty() {
            self.write_lines();
        }
    }
}

/// Lines, an unfinished one included.
fn count(lines: &[u8]) -> usize {
    lines.split_inclusive(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests;
