//! Where in a file a table stands that a message names.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The line of what `message` names: a key of a table where it names both, else the table. Nothing if it names none, or
/// one that is not there.
pub(super) fn of(text: &str, message: &str) -> Option<usize> {
    let document = DeTable::parse(text).ok()?;
    let named = named_table(document.get_ref(), message).or_else(|| dotted(document.get_ref(), message));
    let Named { table, rest } = named?;
    let at = key_in(table, rest).or_else(|| first_key(table))?;
    Some(text.get(..at)?.matches('\n').count() + 1)
}

/// A table, and what the message says after its name.
struct Named<'d, 'm> {
    table: &'d DeTable<'d>,
    rest: &'m str,
}

/// A table that has a name: ``issuer `main`: …``.
fn named_table<'d, 'm>(document: &'d DeTable<'d>, message: &'m str) -> Option<Named<'d, 'm>> {
    let lists = [("issuer", "id"), ("route", "path")];
    let listed = lists.into_iter().flat_map(|(kind, key)| {
        let items = match value(document, kind) {
            Some(DeValue::Array(items)) => Some(items.iter()),
            _ => None,
        };
        let tables = items.into_iter().flatten().filter_map(|item| table(item.get_ref()));
        tables.filter_map(move |table| match value(table, key) {
            Some(DeValue::String(name)) => Some((kind, &**name, table)),
            _ => None,
        })
    });
    let keyed = ["policy", "limits"].into_iter().flat_map(|kind| {
        let tables = value(document, kind).and_then(table).into_iter().flatten();
        tables.filter_map(move |(name, value)| Some((kind, &**name.get_ref(), table(value.get_ref())?)))
    });
    let found = listed.chain(keyed).filter_map(|(kind, name, table)| {
        let at = after_name(message, kind, name)?;
        Some((
            at,
            Named {
                table,
                rest: message.get(at..)?,
            },
        ))
    });
    // The one that is named first is the one that is wrong; the others are what it refers to. Of two that are the same
    // the second is one too many.
    found
        .fold(None, |best: Option<(usize, Named<'d, 'm>)>, one| match best {
            Some(best) if best.0 < one.0 => Some(best),
            _ => Some(one),
        })
        .map(|(_, named)| named)
}

/// Where a message goes on after the name of a table.
fn after_name(message: &str, kind: &str, name: &str) -> Option<usize> {
    let quoted = format!("`{name}`");
    let kinds: &[&str] = match kind {
        "route" => &["route", "routes for", "path", "the route"],
        "limits" => &["limits", "limit"],
        "policy" => &["policy"],
        _ => &["issuer"],
    };
    let forms = kinds.iter().flat_map(|kind| {
        [
            format!("{kind} {quoted}"),
            format!("{kind} {name}:"),
            format!("{kind} {name} "),
        ]
    });
    let found = forms.filter_map(|form| Some(message.find(&form)? + form.len())).min();
    // Some messages begin with the path alone.
    found.or_else(|| (kind == "route" && message.starts_with(&format!("{name}: "))).then_some(name.len()))
}

/// A table that stands once, with a key: `gateway.listen …`, `cors: …`.
fn dotted<'d, 'm>(document: &'d DeTable<'d>, message: &'m str) -> Option<Named<'d, 'm>> {
    let tables = [
        "server",
        "gateway",
        "forward_auth",
        "shared_store",
        "cors",
        "log",
        "audit",
        "management",
    ];
    tables.into_iter().find_map(|name| {
        let rest = message
            .strip_prefix(name)
            .or_else(|| message.strip_prefix(&format!("[{name}]")))?;
        rest.starts_with(['.', ':', ' ', ']']).then_some(())?;
        Some(Named {
            table: value(document, name).and_then(table)?,
            rest,
        })
    })
}

/// Where the first key stands that the message names as a word of its own.
fn key_in(table: &DeTable<'_>, message: &str) -> Option<usize> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let words =
        message.split(|character: char| !character.is_ascii() || !is_part(u8::try_from(character).unwrap_or(0)));
    words.filter(|word| !word.is_empty()).find_map(|word| {
        let (key, value) = table.iter().find(|(key, _)| is_named(key.get_ref(), word))?;
        let inner = match value.get_ref() {
            DeValue::Table(inner) => message.split_once(word).and_then(|(_, rest)| key_in(inner, rest)),
            _ => None,
        };
        Some(inner.unwrap_or(key.span().start))
    })
}

/// A message speaks of one where the key has several.
fn is_named(key: &str, word: &str) -> bool {
    key == word || key.strip_suffix('s') == Some(word)
}

fn first_key(table: &DeTable<'_>) -> Option<usize> {
    table.iter().map(|(key, _)| key.span().start).min()
}

fn value<'d>(in_table: &'d DeTable<'d>, key: &str) -> Option<&'d DeValue<'d>> {
    in_table
        .iter()
        .find(|(name, _)| name.get_ref().as_ref() == key)
        .map(|(_, value)| Spanned::get_ref(value))
}

fn table<'d>(value: &'d DeValue<'d>) -> Option<&'d DeTable<'d>> {
    match value {
        DeValue::Table(table) => Some(table),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::of;

    const TEXT: &str = r#"[server]
realm = "api"
public_url = "http://x"

[[issuer]]
id = "main"
url = "https://id.example.com"
jwks = { refresh = "10m", max_keys = 3 }

[policy.read]
issuers = ["main"]
audience = ["api"]

[policy.pay]
extends = "read"
scopes.all = ["a b"]

[limits.tight]
quota = 3

[[route]]
path = "/orders"
policy = "read"

[[route]]
path = "/orders"
methods = ["GET"]
limits = ["none"]
policy = "read"

[gateway]
listen = "0.0.0.0:1"
"#;

    #[test]
    fn a_message_finds_its_table_and_key() {
        for (message, line) in [
            ("issuer `main`: clock_skew is more than 60s", Some(6)),
            ("issuer `main`: url: no host", Some(7)),
            ("issuer `main`: jwks.max_keys is nothing", Some(8)),
            ("policy `read`: audience is missing", Some(12)),
            ("policy `pay` extends `read`, which is not there", Some(15)),
            ("policy `pay`: scopes: `a b` is no scope", Some(16)),
            (
                "policy `read`: validation asks issuer `main`, which has no introspection",
                Some(11),
            ),
            ("limits `tight`: quota is nothing", Some(19)),
            ("two routes for `/orders` take the same method", Some(27)),
            (
                "the route /orders has no upstream: the gateway would not know",
                Some(26),
            ),
            ("route `/orders`: there is no limit `none`", Some(28)),
            ("server.public_url: not https", Some(3)),
            ("gateway.listen 0.0.0.0:1 is a public address", Some(32)),
            ("cors: `x` is no origin", None),
            ("something else", None),
        ] {
            assert_eq!(of(TEXT, message), line, "{message}");
        }
    }
}
