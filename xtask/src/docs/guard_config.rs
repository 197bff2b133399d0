//! `docs/guard/config.md`: every key of the configuration of `keyward guard`.

use std::fmt::Write as _;

use super::settings::fields;
use super::source;
use crate::shell::{Failure, Outcome};

/// A table of the file, and the struct that reads it.
struct Table {
    heading: &'static str,
    /// The source that declares the struct.
    file: &'static str,
    name: &'static str,
}

const fn table(heading: &'static str, file: &'static str, name: &'static str) -> Table {
    Table { heading, file, name }
}

const TABLES: [Table; 19] = [
    table("[server]", "guard/settings/mod.rs", "Server"),
    table("[[issuer]]", "guard/settings/issuer.rs", "Issuer"),
    table("[issuer.jwks]", "guard/settings/issuer.rs", "Jwks"),
    table("[issuer.introspection]", "guard/settings/issuer.rs", "Introspection"),
    table("[policy.NAME]", "guard/settings/policy.rs", "Policy"),
    table("scopes, roles", "guard/settings/policy.rs", "Names"),
    table("step_up", "guard/settings/policy.rs", "StepUp"),
    table("[[route]]", "guard/settings/route.rs", "Route"),
    table("[cors]", "guard/settings/route.rs", "Cors"),
    table("[limits.NAME]", "guard/settings/limits.rs", "Limit"),
    table("quota by kind", "guard/settings/limits.rs", "ByKind"),
    table("[shared_store]", "guard/settings/limits.rs", "SharedStore"),
    table("[gateway]", "guard/gateway/settings.rs", "Settings"),
    table("[gateway.upstream]", "guard/gateway/settings.rs", "UpstreamSettings"),
    table("[gateway.tls], [forward_auth.tls]", "listen/tls.rs", "Tls"),
    table("[forward_auth]", "guard/forward_auth/settings.rs", "Settings"),
    table("[management]", "cli/guard/file.rs", "Management"),
    table("[audit]", "cli/config/audit.rs", "AuditSettings"),
    table("[log]", "cli/config/log.rs", "LogSettings"),
];

const INTRODUCTION: &str = "# Configuration of `keyward guard`

One TOML file, `guard.toml` in the working folder or the one named by `--config`. A key that is not listed here is an
error. Spans of time are written like `500ms`, `30s`, `10m`, `24h`; secrets as `env:NAME` or `file:PATH`, never
themselves. `keyward guard check` says what is wrong with a file and shows every route with what it asks for. How to use
it: [the guard](../guard.md).
";

/// The document.
pub(super) fn text() -> Outcome<String> {
    let all = source::all()?;
    let mut text = format!("{}\n{INTRODUCTION}", super::NOTICE);
    for table in TABLES {
        let lost = || Failure::new(format!("{} has no struct {} any more", table.file, table.name));
        let source = all.iter().find(|source| source.name == table.file).ok_or_else(lost)?;
        let found = fields(&source.text, table.name).ok_or_else(lost)?;
        let _ = write!(text, "\n## `{}`\n\n| Key | Meaning |\n|---|---|\n", table.heading);
        for field in found {
            let needed = if field.defaulted || field.function.is_some() {
                ""
            } else {
                " Required."
            };
            let meaning = field.doc.replace('|', "\\|");
            let _ = writeln!(text, "| `{}` | {meaning}{needed} |", field.name);
        }
    }
    Ok(text)
}
