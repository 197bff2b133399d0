use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::runtime::Runtime;

use crate::caller::Repeat;
use crate::load::Load;
use crate::work::{Rate, Work};
use crate::{Failure, pin};

/// The bare HTTP server, on the measured core.
pub(crate) struct Hello {
    process: Child,
    address: SocketAddr,
}

/// What one of what is counted cannot do without.
pub(crate) struct Needs {
    /// Requests like those that it is made of.
    pub(crate) requests: Arc<[Vec<u8>]>,
    /// How many answers it takes; 0 where the ceiling leaves them out.
    pub(crate) answers: u8,
    /// Pieces of cryptography, and how many of each.
    pub(crate) works: Vec<(Work, u8)>,
}

/// How the ceiling is measured.
#[derive(Clone, Copy)]
pub(crate) struct Gauge<'a> {
    pub(crate) hello: &'a Hello,
    pub(crate) connections: u16,
    /// How long each part is measured.
    pub(crate) duration: Duration,
    pub(crate) runtime: &'a Runtime,
}

/// What one core can do at best of what a request cannot do without.
#[derive(Clone, Serialize)]
pub(crate) struct Ceiling {
    /// The bare HTTP server, where its answers belong to the ceiling.
    #[serde(flatten)]
    pub(crate) bare: Option<Bare>,
    /// The cryptography, alone.
    pub(crate) works: Vec<Part>,
}

/// The bare HTTP server's part.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct Bare {
    /// Answers a second to the same requests.
    pub(crate) hello_per_second: f64,
    /// The part of that time that its core was busy: well below 1 means that the load generator was the limit, and the
    /// true ceiling is higher.
    pub(crate) hello_core_busy: f64,
    /// Microseconds of the core for each answer.
    pub(crate) hello_cpu_micros: f64,
    /// How many answers belong to one of what is counted.
    pub(crate) answers: u8,
}

/// One sort of cryptography.
#[derive(Clone, Serialize)]
pub(crate) struct Part {
    #[serde(flatten)]
    pub(crate) rate: Rate,
    /// How often it belongs to one of what is counted.
    pub(crate) times: u8,
}

/// A ceiling from two measurements, one before what is compared with it and one after.
#[derive(Serialize)]
pub(crate) struct Bracket {
    /// The mean of the two.
    #[serde(flatten)]
    pub(crate) mean: Ceiling,
    /// How many a second at best.
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
    /// Measures every part, one after the other.
    pub(crate) fn measure(needs: &Needs, gauge: Gauge<'_>) -> Result<Self, Failure> {
        let works = needs.works.iter().map(|&(work, times)| {
            let rate = work_alone(work, gauge.duration)?;
            Ok::<_, Failure>(Part { rate, times })
        });
        Ok(Self {
            bare: Bare::measure(needs, gauge)?,
            works: works.collect::<Result<_, _>>()?,
        })
    }

    /// Joins this measurement with one that was taken later.
    pub(crate) fn bracket(&self, after: &Self) -> Bracket {
        let difference = (self.per_second() - after.per_second()).abs();
        let mean = self.mean(after);
        let per_second = mean.per_second();
        Bracket {
            mean,
            per_second,
            drift: difference / per_second,
        }
    }

    /// How often a second the cryptography of one of what is counted can be done; `None` where there is none.
    pub(crate) fn crypto_per_second(&self) -> Option<f64> {
        (!self.works.is_empty()).then(|| self.crypto_seconds().recip())
    }

    /// Microseconds of the core if one cost its bare answers and its cryptography, and nothing else.
    pub(crate) fn cpu_micros(&self) -> f64 {
        let bare = self
            .bare
            .map_or(0.0, |bare| f64::from(bare.answers) * bare.hello_cpu_micros);
        let parts = self.works.iter();
        parts.fold(bare, |sum, part| sum + f64::from(part.times) * part.rate.cpu_micros)
    }

    fn mean(&self, after: &Self) -> Self {
        let works = self.works.iter().zip(&after.works).map(|(before, after)| Part {
            times: before.times,
            rate: Rate {
                per_second: f64::midpoint(before.rate.per_second, after.rate.per_second),
                cpu_micros: f64::midpoint(before.rate.cpu_micros, after.rate.cpu_micros),
                work: before.rate.work.clone(),
            },
        });
        Self {
            bare: self.bare.zip(after.bare).map(|(before, after)| before.mean(after)),
            works: works.collect(),
        }
    }

    /// How many a second if one cost its bare answers and its cryptography, and nothing else.
    fn per_second(&self) -> f64 {
        let bare = self
            .bare
            .map_or(0.0, |bare| f64::from(bare.answers) / bare.hello_per_second);
        (bare + self.crypto_seconds()).recip()
    }

    fn crypto_seconds(&self) -> f64 {
        let parts = self.works.iter();
        parts.map(|part| f64::from(part.times) / part.rate.per_second).sum()
    }
}

impl Bare {
    fn measure(needs: &Needs, gauge: Gauge<'_>) -> Result<Option<Self>, Failure> {
        if needs.answers == 0 {
            return Ok(None);
        }
        let load = Load {
            address: gauge.hello.address,
            process: gauge.hello.process.id(),
            callers: Repeat::callers(&needs.requests, "", gauge.connections),
            duration: gauge.duration,
        };
        let measured = load
            .run(gauge.runtime)
            .map_err(|failure| format!("the bare server: {failure}"))?;
        Ok(Some(Self {
            hello_per_second: measured.per_second,
            hello_core_busy: measured.core_busy,
            hello_cpu_micros: measured.cpu_micros,
            answers: needs.answers,
        }))
    }

    fn mean(self, after: Self) -> Self {
        Self {
            hello_per_second: f64::midpoint(self.hello_per_second, after.hello_per_second),
            hello_core_busy: f64::midpoint(self.hello_core_busy, after.hello_core_busy),
            hello_cpu_micros: f64::midpoint(self.hello_cpu_micros, after.hello_cpu_micros),
            answers: self.answers,
        }
    }
}

/// Measures in a process of its own, because this one is pinned to the other core. That core waits meanwhile, while
/// beside a server it spins: for the hash that makes no difference (1.01 in the median of forty pairs of runs).
fn work_alone(work: Work, duration: Duration) -> Result<Rate, Failure> {
    let mut command = pin::command(pin::MEASURED_CORE, &std::env::current_exe()?);
    command.args([work.verb(), "--seconds", &duration.as_secs_f64().to_string()]);
    if let Some(algorithm) = work.algorithm() {
        command.args(["--alg", algorithm.name()]);
    }
    let output = command.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{command:?} failed").into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ceiling(hello_per_second: f64, works: &[(f64, u8)]) -> Ceiling {
        let works = works.iter().map(|&(per_second, times)| Part {
            rate: Rate {
                work: "sign RS256".to_owned(),
                per_second,
                cpu_micros: 1e6 / per_second,
            },
            times,
        });
        Ceiling {
            bare: Some(Bare {
                hello_per_second,
                hello_core_busy: 1.0,
                hello_cpu_micros: 1e6 / hello_per_second,
                answers: 1,
            }),
            works: works.collect(),
        }
    }

    fn near(left: f64, right: f64) -> bool {
        (left - right).abs() < 0.001
    }

    #[test]
    fn a_request_costs_an_answer_and_its_cryptography() {
        assert!(near(ceiling(50_000.0, &[(1_250.0, 1)]).per_second(), 1_219.512));
        assert!(near(ceiling(50_000.0, &[]).per_second(), 50_000.0));
        assert!(near(ceiling(50_000.0, &[(1_250.0, 1)]).cpu_micros(), 820.0));
        assert!(near(ceiling(1e12, &[(100.0, 1), (2_000.0, 2)]).per_second(), 90.909));
    }

    #[test]
    fn several_answers_cost_several_times() {
        let mut two = ceiling(50_000.0, &[]);
        two.bare = two.bare.map(|bare| Bare { answers: 2, ..bare });
        assert!(near(two.per_second(), 25_000.0));
        two.bare = None;
        two.works = ceiling(1.0, &[(1_000.0, 2)]).works;
        assert!(near(two.per_second(), 500.0));
    }

    #[test]
    fn the_mean_is_of_every_part() {
        let mean = ceiling(40_000.0, &[(1_000.0, 1)]).mean(&ceiling(60_000.0, &[(2_000.0, 1)]));
        assert!(near(mean.bare.unwrap().hello_per_second, 50_000.0));
        assert!(near(mean.crypto_per_second().unwrap(), 1_500.0));
    }

    #[test]
    fn drift_is_a_part_of_the_mean() {
        let bracket = ceiling(40_000.0, &[]).bracket(&ceiling(60_000.0, &[]));
        assert!(near(bracket.per_second, 50_000.0));
        assert!(near(bracket.drift, 0.4));
    }
}
