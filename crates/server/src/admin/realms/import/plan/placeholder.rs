//! A secret that a file means to get from somewhere else. Taken as it stands it would be one that everybody knows.

/// What is wrong with a secret whose whole text is a `${NAME}`. `None` when it is another.
pub(super) fn unfilled(secret: &str) -> Option<String> {
    let inside = secret.strip_prefix("${")?.strip_suffix('}')?;
    if inside.contains(['$', '{', '}']) {
        return None;
    }
    let why = match variable(inside) {
        Some(name) => format!("the variable {name} is not set"),
        None => "no variable has this name".to_owned(),
    };
    Some(format!(
        "is a placeholder that nobody filled in: keyward realm import and keyward serve --import take its value from \
         the environment, where {why}"
    ))
}

/// The variable of the environment that is meant. What cannot be one may be a secret.
fn variable(inside: &str) -> Option<&str> {
    let name = inside.split(':').next()?;
    let name = name.strip_prefix("env.").unwrap_or(name);
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (!name.is_empty() && name.bytes().all(is_name)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::unfilled;

    #[test]
    fn a_whole_text_is_one_and_its_variable_is_named() {
        for (secret, end) in [
            ("${APP_SECRET}", "where the variable APP_SECRET is not set"),
            ("${env.APP_SECRET}", "where the variable APP_SECRET is not set"),
            ("${APP_SECRET:canary}", "where the variable APP_SECRET is not set"),
            ("${canary canary}", "where no variable has this name"),
            ("${}", "where no variable has this name"),
        ] {
            let message = unfilled(secret).unwrap();
            assert!(
                message.ends_with(end) && !message.contains("canary"),
                "{secret}: {message}"
            );
        }
        for secret in ["x${A}", "${A}x", "${A}${B}", "$A", "${A", ""] {
            assert_eq!(unfilled(secret), None, "{secret}");
        }
    }
}
