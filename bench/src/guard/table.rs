use std::fmt::Write as _;

use super::library::Library;
use super::stage::Row;

/// The most that a check of a token may cost that was verified before, in microseconds.
const LIBRARY_WARM: f64 = 5.0;
/// The most that a check of a new token may cost, in bare checks of its signature.
const LIBRARY_COLD: f64 = 1.6;

/// The library's figures, beside what they should be.
pub(super) fn library(library: &Library) -> String {
    let mut text = String::from("\nlibrary, us of the core for each check\n");
    let mut row = |name: &str, value: f64, note: String| {
        let _ = writeln!(text, "  {name:<34}{value:>8.2}  {note}");
    };
    let verdict = |met: bool| if met { "met" } else { "MISSED" };
    row(
        "warm",
        library.warm,
        format!("<= {LIBRARY_WARM}: {}", verdict(library.warm <= LIBRARY_WARM)),
    );
    row("warm, 200 issuers", library.warm_many_issuers, String::new());
    let ratio = library.cold / library.bare_signature;
    row(
        "cold",
        library.cold,
        format!(
            "{ratio:.2} x the bare signature check; <= {LIBRARY_COLD}: {}",
            verdict(ratio <= LIBRARY_COLD)
        ),
    );
    row("cold, 200 issuers", library.cold_many_issuers, String::new());
    row("bare RS256 signature check", library.bare_signature, String::new());
    text
}

/// The rows of all programs.
pub(super) fn peers(rows: &[Row]) -> String {
    let mut text = format!(
        "\n{:<44}{:>10}{:>10}{:>10}{:>10}{:>10}\n",
        "all of one core, HTTP/1.1", "cpu us", "req/s", "p50 us", "p99 us", "RSS MiB"
    );
    for row in rows {
        let _ = writeln!(
            text,
            "{:<44}{:>10.1}{:>10.0}{:>10.0}{:>10.0}{:>10.1}",
            row.name,
            row.cpu_micros,
            row.per_second,
            row.p50.as_secs_f64() * 1e6,
            row.p99.as_secs_f64() * 1e6,
            row.rss_mib,
        );
        if let Some(note) = &row.note {
            let _ = writeln!(text, "    {note}");
        }
    }
    text
}
