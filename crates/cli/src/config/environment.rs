//! Environment variables that override the file: `KEYWARD_SERVER_PUBLIC_URL` is `server.public_url`.

/// The tables of the configuration, the deeper ones first.
const TABLES: [(&str, &[&str]); 6] = [
    ("SERVER_TLS_", &["server", "tls"]),
    ("SERVER_", &["server"]),
    ("DATABASE_", &["database"]),
    ("SEALING_", &["sealing"]),
    ("LOG_", &["log"]),
    ("AUDIT_", &["audit"]),
];

/// One value of the environment and the key it stands for.
pub(super) struct Override {
    pub(super) variable: String,
    pub(super) path: Vec<String>,
    pub(super) value: toml::Value,
}

/// All of them. Variables that are no configuration (`KEYWARD_SEALING_KEY`, `KEYWARD_BOOTSTRAP_…`) are not among
/// them.
pub(super) fn overrides() -> Vec<Override> {
    let mut found: Vec<Override> = std::env::vars()
        .filter_map(|(name, value)| parse(&name, &value))
        .collect();
    found.sort_by(|a, b| a.variable.cmp(&b.variable));
    found
}

fn parse(name: &str, value: &str) -> Option<Override> {
    let rest = name.strip_prefix("KEYWARD_")?;
    if name == crate::sealing::VARIABLE {
        return None;
    }
    let (table, key) = TABLES
        .iter()
        .find_map(|(prefix, table)| Some((table, rest.strip_prefix(prefix)?)))?;
    let mut path: Vec<String> = table.iter().map(|&part| part.to_owned()).collect();
    path.push(key.to_lowercase());
    Some(Override {
        variable: name.to_owned(),
        path,
        value: typed(value),
    })
}

/// Numbers, booleans and arrays are written as in TOML; everything else is text.
fn typed(value: &str) -> toml::Value {
    let document = format!("v = {value}");
    match toml::from_str::<toml::Table>(&document)
        .ok()
        .and_then(|mut table| table.remove("v"))
    {
        Some(value @ (toml::Value::Integer(_) | toml::Value::Boolean(_) | toml::Value::Array(_))) => value,
        _ => toml::Value::String(value.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn names_become_paths_and_values_get_types() {
        let found = parse("KEYWARD_SERVER_TLS_CERT", "/etc/cert.pem").unwrap();
        assert_eq!(found.path, ["server", "tls", "cert"]);
        let found = parse("KEYWARD_SERVER_MAX_CONNECTIONS", "5").unwrap();
        assert_eq!(
            (found.path, found.value),
            (vec!["server".into(), "max_connections".into()], 5.into())
        );
        assert!(
            parse("KEYWARD_SERVER_TRUSTED_PROXIES", r#"["10.0.0.0/8"]"#)
                .unwrap()
                .value
                .is_array()
        );
        assert!(parse("KEYWARD_BOOTSTRAP_ADMIN_USERNAME", "x").is_none());
        assert!(parse("KEYWARD_SEALING_KEY", "x").is_none());
    }
}
