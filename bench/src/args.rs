use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

use crate::Failure;

/// The `--name value` pairs of a command line.
pub(crate) struct Options {
    values: BTreeMap<String, String>,
}

impl Options {
    /// Reads pairs whose names are in `known`; anything else is refused, so that a typing error does not silently
    /// measure something other than what was asked.
    pub(crate) fn parse(mut args: impl Iterator<Item = String>, known: &[&str]) -> Result<Self, Failure> {
        let mut values = BTreeMap::new();
        while let Some(arg) = args.next() {
            let name = arg.strip_prefix("--").filter(|name| known.contains(name));
            let name = name.ok_or_else(|| format!("unknown option {arg}"))?;
            let value = args.next().ok_or_else(|| format!("--{name} needs a value"))?;
            if values.insert(name.to_owned(), value).is_some() {
                return Err(format!("--{name} is given twice").into());
            }
        }
        Ok(Self { values })
    }

    /// The value of an option, if it was given.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// The value of an option that must be given.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Failure> {
        self.text(name).ok_or_else(|| format!("--{name} is missing").into())
    }

    /// A number, or `default` where the option was not given.
    pub(crate) fn number<N: FromStr>(&self, name: &str, default: N) -> Result<N, Failure> {
        match self.text(name) {
            None => Ok(default),
            Some(text) => text
                .parse()
                .map_err(|_| format!("--{name}: {text} is not a number in range").into()),
        }
    }

    /// A duration in seconds, more than zero and at most an hour.
    pub(crate) fn seconds(&self, name: &str, default: f64) -> Result<Duration, Failure> {
        let seconds = self.number(name, default)?;
        if seconds > 0.0 && seconds <= 3600.0 {
            Ok(Duration::from_secs_f64(seconds))
        } else {
            Err(format!("--{name}: {seconds} is not between 0 and 3600").into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(line: &str) -> Result<Options, Failure> {
        Options::parse(line.split_whitespace().map(str::to_owned), &["seconds", "json"])
    }

    #[test]
    fn reads_pairs_and_defaults() {
        let options = options("--seconds 2.5").unwrap();
        assert_eq!(options.seconds("seconds", 4.0).unwrap(), Duration::from_millis(2500));
        assert_eq!(options.text("json"), None);
        assert_eq!(options.number("connections", 16_u16).unwrap(), 16);
        assert!(options.required("json").is_err());
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for line in ["--second 2", "seconds 2", "--seconds", "--json a --json b"] {
            assert!(options(line).is_err(), "{line}");
        }
        for line in [
            "--seconds 0",
            "--seconds -1",
            "--seconds NaN",
            "--seconds 4000",
            "--seconds x",
        ] {
            assert!(options(line).unwrap().seconds("seconds", 4.0).is_err(), "{line}");
        }
    }
}
