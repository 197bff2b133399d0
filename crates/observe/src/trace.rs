//! The log, on standard error. Standard output belongs to what a command prints and to audit lines.

use std::io;

use serde::{Deserialize, Serialize};
use tracing::Subscriber;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::SubscriberExt as _;

/// How a log line looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line: `timestamp`, `level`, `target`, `message`, and the fields beside them.
    Json,
}

/// Why the log cannot start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TraceError {
    /// The level is none, or one of a list of `target=level` is not.
    #[error(
        "log level {0:?} is not one of off, error, warn, info, debug, trace, or a list like info,keyward_server=debug"
    )]
    Level(String),
    /// The process logs already.
    #[error("the log was started twice")]
    Started,
}

/// Sends the log of the whole process to standard error. `level` is `info` or a list like
/// `info,keyward_server=debug`; `color` is for a terminal and concerns [`LogFormat::Text`] only.
pub fn init(format: LogFormat, level: &str, color: bool) -> Result<(), TraceError> {
    let subscriber = subscriber(format, targets(level)?, color, io::stderr);
    tracing::subscriber::set_global_default(subscriber).map_err(|_| TraceError::Started)
}

/// Whether [`init`] would take this `level`.
pub fn check(level: &str) -> Result<(), TraceError> {
    targets(level).map(|_| ())
}

fn targets(level: &str) -> Result<Targets, TraceError> {
    let refused = || TraceError::Level(level.to_owned());
    // `Targets` reads a lone word that is no level as the name of a target, and then a typing error silences the rest.
    // An empty word reads as `error`.
    let list: String = level.split_whitespace().collect();
    let readable = |part: &str| part.contains('=') || (!part.is_empty() && part.parse::<LevelFilter>().is_ok());
    if !list.split(',').all(readable) {
        return Err(refused());
    }
    list.parse().map_err(|_| refused())
}

fn subscriber<W>(format: LogFormat, targets: Targets, color: bool, writer: W) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let registry = tracing_subscriber::registry().with(targets);
    match format {
        LogFormat::Text => Box::new(registry.with(fmt::layer().with_ansi(color).with_writer(writer))),
        LogFormat::Json => Box::new(
            registry.with(
                fmt::layer()
                    .json()
                    .flatten_event(true)
                    .with_ansi(false)
                    .with_writer(writer),
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use super::{LogFormat, TraceError, subscriber, targets};

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: LogFormat, level: &str, color: bool) -> String {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = subscriber(format, targets(level).unwrap(), color, move || writer.clone());
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(target: "keyward_server", request_id = "req-1", "a client was created");
            tracing::debug!(target: "keyward_server", "detail");
            tracing::info!(target: "hyper", "noise");
        });
        let bytes = lines.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_json_line_has_its_fields_at_the_top() {
        let text = logged(LogFormat::Json, "off,keyward_server=info", true);
        let line: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(line["level"], "INFO");
        assert_eq!(line["target"], "keyward_server");
        assert_eq!(line["message"], "a client was created");
        assert_eq!(line["request_id"], "req-1");
        assert!(line["timestamp"].is_string());
    }

    #[test]
    fn a_text_line_is_plain_unless_color_is_asked_for() {
        let text = logged(LogFormat::Text, "warn,keyward_server=info", false);
        assert!(
            text.ends_with("INFO keyward_server: a client was created request_id=\"req-1\"\n"),
            "{text}"
        );
        assert_eq!(text.lines().count(), 1);
        assert!(logged(LogFormat::Text, "info", true).contains('\u{1b}'));
    }

    #[test]
    fn levels_are_by_target() {
        assert_eq!(logged(LogFormat::Text, "info", false).lines().count(), 2);
        assert_eq!(
            logged(LogFormat::Text, "info, keyward_server=debug", false)
                .lines()
                .count(),
            3
        );
        assert_eq!(logged(LogFormat::Text, "OFF", false), "");
    }

    #[test]
    fn a_level_that_is_none_is_refused() {
        for bad in ["", "inof", "info,", "keyward_server=loud", "info,debgu"] {
            assert_eq!(targets(bad).err(), Some(TraceError::Level(bad.to_owned())), "{bad}");
        }
    }

    #[test]
    fn formats_are_lower_case_in_a_configuration() {
        assert_eq!(serde_json::from_str::<LogFormat>("\"json\"").unwrap(), LogFormat::Json);
        assert_eq!(serde_json::to_string(&LogFormat::Text).unwrap(), "\"text\"");
    }
}
