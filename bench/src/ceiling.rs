use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Stdio};
use std::time::Duration;

use serde::Serialize;
use tokio::runtime::Runtime;

use crate::load::Load;
use crate::signature::{Rate, Work};
use crate::{Failure, pin};

/// The bare HTTP server, on the measured core.
pub(crate) struct Hello {
    process: Child,
    address: SocketAddr,
}

/// What one core can do at best of what a request cannot do without.
#[derive(Clone, Serialize)]
pub(crate) struct Ceiling {
    /// Answers a second of the bare HTTP server to the same requests.
    pub(crate) hello_per_second: f64,
    /// The part of that time that its core was busy: well below 1 means that the load generator was the limit, and the
    /// true ceiling is higher.
    pub(crate) hello_core_busy: f64,
    /// The signature or its check, alone.
    pub(crate) signature: Option<Rate>,
}

/// A ceiling from two measurements, one before what is compared with it and one after.
#[derive(Serialize)]
pub(crate) struct Bracket {
    /// The mean of the two.
    #[serde(flatten)]
    pub(crate) mean: Ceiling,
    /// Requests a second at best.
    #[serde(rename = "ceiling_per_second")]
    pub(crate) per_second: f64,
    /// How far the two lie apart, as a part of their mean: a large one means that the machine changed its speed, or
    /// that something else ran on it. The core's load does not show that, as it is full either way.
    #[serde(rename = "ceiling_drift")]
    pub(crate) drift: f64,
}

impl Hello {
    /// Starts the server on a free port. It ends with this value.
    pub(crate) fn start() -> Result<Self, Failure> {
        let mut process = pin::command(pin::MEASURED_CORE, &std::env::current_exe()?)
            .arg("hello")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        if let Some(stdout) = process.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let address = line
            .trim()
            .parse()
            .map_err(|_| format!("the bare server did not start: {line:?}"));
        let mut hello = Self {
            process,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
        };
        hello.address = address?;
        Ok(hello)
    }
}

impl Drop for Hello {
    fn drop(&mut self) {
        // It may have ended already; there is nobody to tell.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Ceiling {
    /// Measures with the requests of `load`, sent to the bare server, and with `work` alone, each for `duration`.
    pub(crate) fn measure(
        hello: &Hello,
        load: &Load,
        work: Option<Work>,
        duration: Duration,
        runtime: &Runtime,
    ) -> Result<Self, Failure> {
        let load = Load {
            address: hello.address,
            contains: "",
            duration,
            ..load.clone()
        };
        let measured = load
            .run(runtime)
            .map_err(|failure| format!("the bare server: {failure}"))?;
        let signature = work.map(|work| signature(work, duration)).transpose()?;
        Ok(Self {
            hello_per_second: measured.per_second,
            hello_core_busy: measured.core_busy,
            signature,
        })
    }

    /// Joins this measurement with one that was taken later.
    pub(crate) fn bracket(self, after: &Self) -> Bracket {
        let difference = (self.per_second() - after.per_second()).abs();
        let mean = self.mean(after);
        let per_second = mean.per_second();
        Bracket {
            mean,
            per_second,
            drift: difference / per_second,
        }
    }

    fn mean(self, after: &Self) -> Self {
        let mean = |before: f64, after: f64| f64::midpoint(before, after);
        let signature = match (self.signature, &after.signature) {
            (Some(before), Some(after)) => Some(Rate {
                per_second: mean(before.per_second, after.per_second),
                work: before.work,
            }),
            _ => None,
        };
        Self {
            hello_per_second: mean(self.hello_per_second, after.hello_per_second),
            hello_core_busy: mean(self.hello_core_busy, after.hello_core_busy),
            signature,
        }
    }

    /// Requests a second if a request cost a bare answer and its signature, and nothing else.
    fn per_second(&self) -> f64 {
        let signature = self
            .signature
            .as_ref()
            .map_or(0.0, |signature| signature.per_second.recip());
        (self.hello_per_second.recip() + signature).recip()
    }
}

/// Measures in a process of its own, because this one is pinned to the other core.
fn signature(work: Work, duration: Duration) -> Result<Rate, Failure> {
    let output = pin::command(pin::MEASURED_CORE, &std::env::current_exe()?)
        .args([
            work.verb(),
            "--alg",
            work.algorithm().name(),
            "--seconds",
            &duration.as_secs_f64().to_string(),
        ])
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("{} {} failed", work.verb(), work.algorithm().name()).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ceiling(hello_per_second: f64, signatures: Option<f64>) -> Ceiling {
        let signature = signatures.map(|per_second| Rate {
            work: "sign RS256".to_owned(),
            per_second,
        });
        Ceiling {
            hello_per_second,
            hello_core_busy: 1.0,
            signature,
        }
    }

    #[test]
    fn a_request_costs_an_answer_and_a_signature() {
        assert!((ceiling(50_000.0, Some(1_250.0)).per_second() - 1_219.512).abs() < 0.001);
        assert!((ceiling(50_000.0, None).per_second() - 50_000.0).abs() < 0.001);
    }

    #[test]
    fn the_mean_is_of_both_parts() {
        let mean = ceiling(40_000.0, Some(1_000.0)).mean(&ceiling(60_000.0, Some(2_000.0)));
        assert!((mean.hello_per_second - 50_000.0).abs() < 0.001);
        assert!((mean.signature.unwrap().per_second - 1_500.0).abs() < 0.001);
    }

    #[test]
    fn drift_is_a_part_of_the_mean() {
        let bracket = ceiling(40_000.0, None).bracket(&ceiling(60_000.0, None));
        assert!((bracket.per_second - 50_000.0).abs() < 0.001);
        assert!((bracket.drift - 0.4).abs() < 0.001);
    }
}
