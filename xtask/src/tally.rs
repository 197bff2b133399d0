//! How many checks passed and failed, read from what each test runner prints.

use std::fmt;
use std::ops::AddAssign;

/// A count of checks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
}

/// Whose closing lines to read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Runner {
    Pytest,
    Node,
    Go,
    Cargo,
    /// A line `N passed, N failed`.
    Plain,
}

impl Tally {
    pub(crate) fn of(passed: bool) -> Self {
        Self {
            passed: u32::from(passed),
            failed: u32::from(!passed),
        }
    }

    /// Reads a runner's output. A runner that failed, or ran nothing, counts as one failure at least.
    pub(crate) fn read(runner: Runner, output: &str, succeeded: bool) -> Self {
        let mut tally = Self::default();
        for line in output.lines() {
            tally += match runner {
                Runner::Pytest if line.contains(" in ") => words(line, "passed", &["failed", "error", "errors"]),
                Runner::Cargo if line.starts_with("test result:") => words(line, "passed", &["failed"]),
                Runner::Plain if line.starts_with(|c: char| c.is_ascii_digit()) && line.ends_with(" failed") => {
                    words(line, "passed", &["failed"])
                }
                Runner::Node => node(line),
                Runner::Go => go(line.trim_start()),
                Runner::Pytest | Runner::Cargo | Runner::Plain => Self::default(),
            };
        }
        if tally.failed == 0 && (!succeeded || tally.passed == 0) {
            tally.failed = 1;
        }
        tally
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// Counts that stand before their word, as in `1 failed, 12 passed in 0.4s`.
fn words(line: &str, passed: &str, failed: &[&str]) -> Tally {
    let mut tally = Tally::default();
    let mut number: Option<u32> = None;
    for word in line
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        if let Some(count) = number.take() {
            if word == passed {
                tally.passed += count;
            } else if failed.contains(&word) {
                tally.failed += count;
            }
        }
        number = word.parse().ok();
    }
    tally
}

/// `# pass 5` in TAP, `ℹ pass 5` in the other reporter.
fn node(line: &str) -> Tally {
    let mut parts = line.split(' ');
    match (parts.next(), parts.next(), parts.next().and_then(|n| n.parse().ok())) {
        (Some("#" | "ℹ"), Some("pass"), Some(passed)) => Tally { passed, failed: 0 },
        (Some("#" | "ℹ"), Some("fail"), Some(failed)) => Tally { passed: 0, failed },
        _ => Tally::default(),
    }
}

fn go(line: &str) -> Tally {
    Tally {
        passed: u32::from(line.starts_with("--- PASS:")),
        failed: u32::from(line.starts_with("--- FAIL:") || line.starts_with("FAIL\t")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(runner: Runner, output: &str) -> (u32, u32) {
        let tally = Tally::read(runner, output, true);
        (tally.passed, tally.failed)
    }

    #[test]
    fn each_runner_is_understood() {
        assert_eq!(read(Runner::Pytest, "x.py ....  [100%]\n12 passed in 0.40s\n"), (12, 0));
        assert_eq!(
            read(Runner::Pytest, "= 2 failed, 10 passed, 1 error in 0.40s =\n"),
            (10, 3)
        );
        assert_eq!(read(Runner::Node, "# tests 6\n# pass 5\n# fail 1\n"), (5, 1));
        assert_eq!(read(Runner::Node, "ℹ pass 5\nℹ fail 0\n"), (5, 0));
        assert_eq!(
            read(Runner::Go, "=== RUN A\n--- PASS: A (0.0s)\n--- FAIL: B (0.0s)\nFAIL\n"),
            (1, 1)
        );
        assert_eq!(
            read(Runner::Cargo, "test result: ok. 3 passed; 0 failed; 1 ignored\n"),
            (3, 0)
        );
        assert_eq!(read(Runner::Plain, "7 passed, 0 failed\n"), (7, 0));
        // schemathesis tells its own counts before.
        assert_eq!(
            read(
                Runner::Plain,
                "     9 passed  1 failed\n9 generated, 9 passed\n7 passed, 1 failed\n"
            ),
            (7, 1)
        );
    }

    #[test]
    fn a_runner_that_ran_nothing_or_died_is_a_failure() {
        assert_eq!(read(Runner::Pytest, "no tests ran in 0.01s\n"), (0, 1));
        assert_eq!(
            Tally::read(Runner::Node, "# pass 5\n# fail 0\n", false),
            Tally { passed: 5, failed: 1 }
        );
    }
}
