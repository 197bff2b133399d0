use serde::Serialize;

use crate::ceiling::Bracket;
use crate::clock;
use crate::load::Measured;
use crate::scenario::Scenario;

/// One scenario's figures and how they stand to their target.
#[derive(Serialize)]
pub(crate) struct Row {
    name: String,
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    body_bytes: usize,
    core_busy: f64,
    /// The server's own time on the core for each, in microseconds.
    cpu_micros: f64,
    #[serde(flatten)]
    ceiling: Bracket,
    ratio: f64,
    /// The same by time on the core: what others do on it changes the ratio, but hardly this.
    cpu_ratio: f64,
    target_ratio: Option<f64>,
    target_per_second: Option<f64>,
    verdict: Verdict,
    /// What every round gave, where there were several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rounds: Vec<Round>,
}

/// One of several measurements of the same.
#[derive(Serialize)]
struct Round {
    ratio: f64,
    cpu_ratio: f64,
    cpu_micros: f64,
    ceiling_cpu_micros: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Met,
    Missed,
    /// Faster than its own ceiling: what was measured is not what the row says, or the ceiling is wrong.
    Void,
    /// No target.
    None,
}

/// A ratio may pass 1 by this much through drift alone, and because answers differ in length from the bare server's.
const HIGHEST_RATIO: f64 = 1.05;
/// Two measurements of one ceiling that lie further apart than this say little about what lay between them.
const LARGEST_DRIFT: f64 = 0.10;
/// Below this the measured core waited for the load generator.
const SATURATED: f64 = 0.95;

impl Row {
    /// Judges a measurement by its target: the ratio where there is one, else the rate.
    pub(crate) fn new(scenario: &Scenario, measured: &Measured, ceiling: Bracket) -> Self {
        let per_second = measured.per_second;
        let ratio = per_second / ceiling.per_second;
        let cpu_ratio = ceiling.mean.cpu_micros() / measured.cpu_micros;
        let by_ratio = scenario.target_ratio.map(|target| ratio >= target);
        let by_rate = scenario.target_per_second.map(|target| per_second >= target);
        let verdict = match by_ratio.or(by_rate) {
            _ if ratio > HIGHEST_RATIO => Verdict::Void,
            Some(true) => Verdict::Met,
            Some(false) => Verdict::Missed,
            None => Verdict::None,
        };
        Self {
            name: scenario.endpoint.name(),
            per_second,
            p50_ms: clock::millis(measured.p50),
            p99_ms: clock::millis(measured.p99),
            body_bytes: measured.body_bytes,
            core_busy: measured.core_busy,
            cpu_micros: measured.cpu_micros,
            ceiling,
            ratio,
            cpu_ratio,
            target_ratio: scenario.target_ratio,
            target_per_second: scenario.target_per_second,
            verdict,
            rounds: Vec::new(),
        }
    }

    /// The round whose ratio is the median, the higher of the two in the middle where their number is even. The speed
    /// of a virtual machine drifts from second to second, and the mean would keep what one bad second did.
    pub(crate) fn median(mut rounds: Vec<Self>) -> Option<Self> {
        rounds.sort_by(|left, right| left.ratio.total_cmp(&right.ratio));
        let seen = rounds.iter().map(Self::round).collect();
        let at = rounds.len() / 2;
        let row = rounds.into_iter().nth(at)?;
        Some(Self { rounds: seen, ..row })
    }

    fn round(&self) -> Round {
        Round {
            ratio: self.ratio,
            cpu_ratio: self.cpu_ratio,
            cpu_micros: self.cpu_micros,
            ceiling_cpu_micros: self.ceiling.mean.cpu_micros(),
        }
    }

    /// The names of the columns.
    pub(crate) fn head() -> String {
        format!(
            "{:<26}{:>8}{:>8}{:>8}{:>7}{:>6}{:>8}{:>9}{:>9}{:>9}{:>7}{:>7}{:>8}{:>8}{:>9}  verdict",
            "scenario",
            "req/s",
            "p50 ms",
            "p99 ms",
            "bytes",
            "cpu %",
            "cpu us",
            "hello/s",
            "crypto/s",
            "ceiling",
            "drift",
            "ratio",
            "by cpu",
            "target",
            "target/s",
        )
    }

    /// The figures under those names.
    pub(crate) fn line(&self) -> String {
        let Bracket {
            mean,
            per_second,
            drift,
        } = &self.ceiling;
        format!(
            "{:<26}{:>8}{:>8.2}{:>8.2}{:>7}{:>6.0}{:>8.0}{:>9}{:>9}{:>9}{:>6.0}%{:>7.2}{:>8.2}{:>8}{:>9}  {}",
            self.name,
            thousands(self.per_second),
            self.p50_ms,
            self.p99_ms,
            self.body_bytes,
            self.core_busy * 100.0,
            self.cpu_micros,
            mean.bare
                .map(|bare| thousands(bare.hello_per_second))
                .unwrap_or_default(),
            mean.crypto_per_second().map(thousands).unwrap_or_default(),
            thousands(*per_second),
            drift * 100.0,
            self.ratio,
            self.cpu_ratio,
            self.target_ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default(),
            self.target_per_second.map(thousands).unwrap_or_default(),
            self.verdict.text(),
        )
    }

    /// Why this row should not be quoted, if so.
    pub(crate) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.verdict == Verdict::Void {
            notes.push(format!(
                "{}: faster than its ceiling, so one of the two figures is wrong",
                self.name
            ));
        }
        if self.ceiling.drift > LARGEST_DRIFT {
            notes.push(format!(
                "{}: the ceiling drifted; with an idle machine, run again",
                self.name
            ));
        }
        let hello_core_busy = self.ceiling.mean.bare.map_or(1.0, |bare| bare.hello_core_busy);
        if self.core_busy.min(hello_core_busy) < SATURATED {
            notes.push(format!(
                "{}: the measured core waited, so the server was not the limit",
                self.name
            ));
        }
        notes
    }
}

impl Verdict {
    fn text(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Missed => "MISSED",
            Self::Void => "VOID",
            Self::None => "-",
        }
    }
}

/// A number without fraction, its digits in groups of three.
fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::ceiling::{Bare, Ceiling};
    use crate::scenario::SCENARIOS;

    fn row(scenario: &Scenario, per_second: f64, drift: f64) -> Row {
        let (p50, p99) = (Duration::from_micros(400), Duration::from_millis(2));
        let measured = Measured {
            per_second,
            p50,
            p99,
            body_bytes: 1500,
            core_busy: 0.99,
            cpu_micros: 120.0,
        };
        let mean = Ceiling {
            bare: Some(Bare {
                hello_per_second: 10_000.0,
                hello_core_busy: 1.0,
                hello_cpu_micros: 100.0,
                answers: 1,
            }),
            works: Vec::new(),
        };
        Row::new(
            scenario,
            &measured,
            Bracket {
                mean,
                per_second: 10_000.0,
                drift,
            },
        )
    }

    #[test]
    fn the_ratio_decides_before_the_rate() {
        let [rs256, es256, _, opaque, _, _, opaque_introspection, ..] = &SCENARIOS;
        assert_eq!(row(rs256, 8_900.0, 0.0).verdict, Verdict::Missed);
        assert_eq!(row(rs256, 9_100.0, 0.0).verdict, Verdict::Met);
        assert_eq!(row(es256, 7_000.0, 0.0).verdict, Verdict::Met);
        assert_eq!(row(opaque, 7_900.0, 0.0).verdict, Verdict::Missed);
        assert_eq!(row(opaque_introspection, 1.0, 0.0).verdict, Verdict::None);
    }

    #[test]
    fn nothing_is_faster_than_its_ceiling() {
        let fast = row(&SCENARIOS[0], 20_000.0, 0.0);
        assert_eq!(fast.verdict, Verdict::Void);
        assert_eq!(fast.notes().len(), 1);
    }

    #[test]
    fn of_several_rounds_the_median_counts() {
        let rounds = [9_300.0, 5_000.0, 9_100.0].map(|per_second| row(&SCENARIOS[0], per_second, 0.0));
        let median = Row::median(rounds.into()).unwrap();
        assert_eq!(median.verdict, Verdict::Met);
        assert!((median.per_second - 9_100.0).abs() < 0.001);
        assert_eq!(median.rounds.len(), 3);
        assert!(Row::median(Vec::new()).is_none());
    }

    #[test]
    fn a_drifting_ceiling_is_noted() {
        assert!(row(&SCENARIOS[0], 9_100.0, 0.05).notes().is_empty());
        assert_eq!(row(&SCENARIOS[0], 9_100.0, 0.2).notes().len(), 1);
    }

    #[test]
    fn groups_digits() {
        let texts = [0.4, 999.0, 1_000.0, 12_345.6, 1_234_567.0].map(thousands);
        assert_eq!(texts, ["0", "999", "1,000", "12,346", "1,234,567"]);
    }

    #[test]
    fn a_line_has_every_column() {
        let line = row(&SCENARIOS[0], 9_100.0, 0.03).line();
        let columns: Vec<&str> = line.split_whitespace().collect();
        let expected = "client_credentials RS256 9,100 0.40 2.00 1500 99 120 10,000 10,000 3% 0.91 0.83 0.90 met";
        assert_eq!(columns.join(" "), expected);
    }
}
