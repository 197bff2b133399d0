//! The defaults of the configuration, read from the code that sets them.

use super::item::identifier;
use super::settings::{Field, choices};
use crate::shell::{Failure, Outcome};

/// The default as TOML: `None` when the key is required, an empty text when nothing stands for an absent key.
pub(super) fn of(sources: &str, field: &Field) -> Outcome<Option<String>> {
    if !field.defaulted {
        return Ok(None);
    }
    let written = match &field.function {
        Some(function) => after(sources, &format!("fn {function}() -> "), |_| true),
        None => after(sources, &format!("impl Default for {} {{", field.owner), |line| {
            line.strip_prefix(field.name.as_str())
                .is_some_and(|rest| rest.starts_with(':'))
        }),
    };
    let value = match written {
        Some(expression) => toml(expression),
        None => natural(sources, &field.kind),
    };
    let unknown = || {
        Failure::new(format!(
            "cannot read the default of {}.{}: write a literal",
            field.owner, field.name
        ))
    };
    value.map(Some).ok_or_else(unknown)
}

/// The expression in the first line below `head` that `is` accepts, before the brace at the left margin.
fn after<'s>(sources: &'s str, head: &str, is: impl Fn(&str) -> bool) -> Option<&'s str> {
    let (_, rest) = sources.split_once(head)?;
    let line = rest
        .lines()
        .skip(1)
        .take_while(|line| *line != "}")
        .map(str::trim)
        .find(|line| is(line))?;
    let value = line.split_once(": ").filter(|(name, _)| identifier(name) == *name);
    Some(value.map_or(line, |(_, value)| value).trim_end_matches(','))
}

fn toml(expression: &str) -> Option<String> {
    let number = expression.replace('_', "");
    if number.parse::<i64>().is_ok() || matches!(expression, "true" | "false") {
        return Some(number);
    }
    if let Some(address) = expression.strip_prefix("SocketAddr::from(([") {
        let (host, port) = address.strip_suffix("))")?.split_once("], ")?;
        return Some(format!("\"{}:{port}\"", host.replace(", ", ".")));
    }
    if let Some(text) = expression.strip_prefix('"') {
        return Some(format!("\"{}\"", text.split_once('"')?.0));
    }
    match expression {
        "None" => Some(String::new()),
        "Vec::new()" => Some("[]".into()),
        _ => {
            let (kind, variant) = expression.split_once("::")?;
            let plain = identifier(kind) == kind && identifier(variant) == variant;
            plain.then(|| format!("\"{}\"", variant.to_lowercase()))
        }
    }
}

fn natural(sources: &str, kind: &str) -> Option<String> {
    match kind {
        "bool" => Some("false".into()),
        _ if kind.starts_with("Option<") => Some(String::new()),
        _ if kind.starts_with("Vec<") => Some("[]".into()),
        _ => Some(format!("\"{}\"", choices(sources, kind)?.first()?)),
    }
}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::docs::settings::{Field, fields};

    const SOURCE: &str = "\
struct Settings {
    public_url: String,
    #[serde(default = \"default_listen\")]
    listen: SocketAddr,
    #[serde(default = \"most\")]
    most: usize,
    #[serde(default)]
    proxies: Vec<IpNet>,
    tls: Option<Tls>,
    #[serde(default = \"computed\")]
    odd: u64,
}
fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8080))
}
fn most() -> usize {
    10_000
}
fn computed() -> u64 {
    most() + 1
}
#[serde(default)]
struct Log {
    level: String,
    format: Format,
}
impl Default for Log {
    fn default() -> Self {
        Self {
            level: \"info\".into(),
            format: Format::Text,
        }
    }
}
";

    fn shown(name: &str) -> Vec<Option<String>> {
        let known = |field: &Field| of(SOURCE, field).unwrap_or_else(|why| Some(why.to_string()));
        fields(SOURCE, name).unwrap().iter().map(known).collect()
    }

    #[test]
    fn defaults_are_read_from_functions_impls_and_types() {
        let shown: Vec<String> = [shown("Settings"), shown("Log")]
            .concat()
            .into_iter()
            .map(|value| value.unwrap_or("required".into()))
            .collect();
        assert_eq!(
            shown,
            [
                "required",
                "\"127.0.0.1:8080\"",
                "10000",
                "[]",
                "",
                "cannot read the default of Settings.odd: write a literal",
                "\"info\"",
                "\"text\""
            ]
        );
    }
}
