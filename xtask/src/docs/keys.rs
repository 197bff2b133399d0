//! The keys of the configuration: its structs, walked from the outermost.

use std::fmt::Write as _;

use super::default;
use super::settings::{Field, choices, fields};
use crate::shell::{Failure, Outcome};

/// The keys, as tables of Markdown.
pub(super) struct Keys {
    sources: String,
    /// The tables.
    pub(super) text: String,
    /// `table.key` of each.
    pub(super) names: Vec<String>,
}

impl Keys {
    /// Those of a configuration whose outermost struct is `Config`.
    pub(super) fn of(sources: String) -> Outcome<Self> {
        let (text, names) = (String::new(), Vec::new());
        let mut keys = Self { sources, text, names };
        keys.table("Config", &[])?;
        Ok(keys)
    }

    /// Writes a table and then those inside.
    fn table(&mut self, name: &str, path: &[&str]) -> Outcome {
        let fields =
            fields(&self.sources, name).ok_or_else(|| Failure::new(format!("no struct {name} is declared")))?;
        let (tables, keys): (Vec<&Field>, Vec<&Field>) = fields
            .iter()
            .partition(|field| self::fields(&self.sources, inner(&field.kind)).is_some());
        if !keys.is_empty() {
            let head = "| Key | Type | Default | Environment | Meaning |\n|---|---|---|---|---|\n";
            self.text.push_str(head);
        }
        for field in keys {
            self.key(field, path)?;
        }
        for field in tables {
            let path = [path, &[field.name.as_str()]].concat();
            let optional = if field.kind.starts_with("Option<") {
                " Optional; when it is there:"
            } else {
                ""
            };
            let _ = write!(self.text, "\n## `[{}]`\n\n{}{optional}\n\n", path.join("."), field.doc);
            self.table(inner(&field.kind), &path)?;
        }
        Ok(())
    }

    fn key(&mut self, field: &Field, path: &[&str]) -> Outcome {
        let key = [path, &[field.name.as_str()]].concat();
        let default = default::of(&self.sources, field)?;
        let plain = default.as_deref().unwrap_or_default().trim_matches('"');
        if field.doc.is_empty() || (plain != "[]" && !field.doc.contains(plain)) {
            return Err(Failure::new(format!(
                "the doc comment of {} does not name its default {plain}",
                key.join(".")
            )));
        }
        let default = match default.as_deref() {
            None => "required".to_owned(),
            Some("") => "none".to_owned(),
            Some(value) => format!("`{value}`"),
        };
        let table = format!("\"{}_\"", path.join("_").to_uppercase());
        if !self.sources.contains(&table) {
            return Err(Failure::new(format!(
                "no environment variable reaches {}: {table} is no prefix",
                key.join(".")
            )));
        }
        let kind = self
            .kind(inner(&field.kind))
            .ok_or_else(|| Failure::new(format!("no TOML word for {}", field.kind)))?;
        let variable = format!("KEYWARD_{}", key.join("_").to_uppercase());
        let meaning = field.doc.replace('|', "\\|");
        let _ = writeln!(
            self.text,
            "| `{}` | {kind} | {default} | `{variable}` | {meaning} |",
            field.name
        );
        self.names.push(key.join("."));
        Ok(())
    }

    /// A type in TOML's words.
    fn kind(&self, kind: &str) -> Option<String> {
        if let Some(element) = kind.strip_prefix("Vec<").and_then(|rest| rest.strip_suffix('>')) {
            return Some(format!(
                "array of {}",
                self.kind(element)?.replacen("string", "strings", 1)
            ));
        }
        let word = match kind {
            "String" => "string",
            "PathBuf" => "string (path)",
            "SocketAddr" => "string (address:port)",
            "IpNet" => "string (address or network)",
            "bool" => "boolean",
            "f64" => "float",
            "u16" | "u32" | "u64" | "usize" | "i64" => "integer",
            _ => {
                let words: Vec<String> = choices(&self.sources, kind)?
                    .iter()
                    .map(|word| format!("`\"{word}\"`"))
                    .collect();
                return Some(words.join(" or "));
            }
        };
        Some(word.to_owned())
    }
}

fn inner(kind: &str) -> &str {
    kind.strip_prefix("Option<")
        .and_then(|rest| rest.strip_suffix('>'))
        .unwrap_or(kind)
}

#[cfg(test)]
mod tests {
    use super::Keys;

    const SOURCE: &str = "\
pub struct Config {
    /// Addresses.
    pub server: Settings,
}
pub struct Settings {
    /// Where to listen; `[]` by default.
    #[serde(default)]
    pub listen: Vec<SocketAddr>,
    /// Certificate.
    pub tls: Option<Tls>,
}
pub struct Tls {
    /// PEM file.
    pub cert: PathBuf,
}
const TABLES: [&str; 2] = [\"SERVER_TLS_\", \"SERVER_\"];
";

    #[test]
    fn tables_are_walked_and_keys_get_their_variables() {
        let keys = Keys::of(SOURCE.to_owned()).unwrap();
        assert_eq!(keys.names, ["server.listen", "server.tls.cert"]);
        let row = "| `cert` | string (path) | required | `KEYWARD_SERVER_TLS_CERT` | PEM file. |";
        assert!(keys.text.contains(row), "{}", keys.text);
        assert!(
            keys.text.contains("| array of strings (address:port) | `[]` |"),
            "{}",
            keys.text
        );
    }

    #[test]
    fn a_key_without_a_variable_is_refused() {
        let error = Keys::of(SOURCE.replace("\"SERVER_TLS_\", ", ""))
            .err()
            .unwrap()
            .to_string();
        assert!(
            error.starts_with("no environment variable reaches server.tls.cert"),
            "{error}"
        );
    }
}
