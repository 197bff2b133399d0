use std::sync::Arc;

use crate::Failure;
use crate::connection::Answer;

/// One connection's side of a load: what it asks next, and what it makes of the answers.
pub(crate) trait Caller: Send {
    /// The next request, whole.
    fn request(&self) -> &[u8];

    /// Takes the answer to it. A wrong answer is a failure and ends the load.
    fn take(&mut self, answer: &Answer<'_>) -> Result<Progress, Failure>;
}

/// How far an answer led.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// More requests belong to what is counted.
    Further,
    /// One more is counted.
    Whole,
}

/// The callers of a load, one for each connection.
pub(crate) type Callers = Vec<Box<dyn Caller>>;

/// Sends the same requests in turn.
pub(crate) struct Repeat {
    requests: Arc<[Vec<u8>]>,
    at: usize,
    contains: &'static str,
}

impl Repeat {
    /// A caller for each of `connections`; they begin far from each other, so that no request is sent by two of them in
    /// short order. Every answer's body must hold `contains`.
    pub(crate) fn callers(requests: &Arc<[Vec<u8>]>, contains: &'static str, connections: u16) -> Callers {
        let one = |at| Self {
            requests: Arc::clone(requests),
            at: usize::from(at) * requests.len() / usize::from(connections.max(1)),
            contains,
        };
        (0..connections)
            .map(|at| Box::new(one(at)) as Box<dyn Caller>)
            .collect()
    }
}

impl Caller for Repeat {
    fn request(&self) -> &[u8] {
        self.requests.get(self.at).map(Vec::as_slice).unwrap_or_default()
    }

    fn take(&mut self, answer: &Answer<'_>) -> Result<Progress, Failure> {
        let body = answer.ok()?;
        if !contains(body, self.contains.as_bytes()) {
            return Err(format!("an answer without {}: {}", self.contains, String::from_utf8_lossy(body)).into());
        }
        self.at = (self.at + 1) % self.requests.len();
        Ok(Progress::Whole)
    }
}

fn contains(body: &[u8], part: &[u8]) -> bool {
    part.is_empty() || body.windows(part.len()).any(|window| window == part)
}
