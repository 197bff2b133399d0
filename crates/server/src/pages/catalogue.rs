//! The words of the pages: one file per language, `key = text`, with `{name}` where a value goes.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::value::{Kwargs, Object, from_args};
use minijinja::{Error, ErrorKind, State, Value};

use super::Locale;

/// One language's words, as templates call it: `t("key", name=value)`.
///
/// The answer is plain text, which the template escapes; values are put in once and never read for more names.
#[derive(Debug, Clone)]
pub(super) struct Text(Arc<BTreeMap<&'static str, &'static str>>);

impl Text {
    /// The words of a language.
    pub(super) fn of(locale: Locale) -> Self {
        let source = match locale {
            Locale::En => include_str!("messages/en.txt"),
            Locale::De => include_str!("messages/de.txt"),
            Locale::Zh => include_str!("messages/zh.txt"),
        };
        Self(Arc::new(lines(source).collect()))
    }

    /// Every key with its text.
    #[cfg(test)]
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.0.iter().map(|(key, text)| (*key, *text))
    }
}

impl Object for Text {
    fn call(self: &Arc<Self>, _: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        let (key, values): (&str, Kwargs) = from_args(args)?;
        let text = self
            .0
            .get(key)
            .ok_or_else(|| Error::new(ErrorKind::UndefinedError, format!("the catalogue lacks {key}")))?;
        fill(text, |name| values.get::<Value>(name).map(|value| value.to_string())).map(Value::from)
    }
}

fn lines(source: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    source
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(key, text)| (key.trim(), text.trim()))
}

fn fill(text: &str, value: impl Fn(&str) -> Result<String, Error>) -> Result<String, Error> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            return Err(Error::new(
                ErrorKind::SyntaxError,
                "a brace of the catalogue is not closed",
            ));
        };
        filled.push_str(&value(name)?);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let mut names: Vec<_> = text
            .split('{')
            .skip(1)
            .filter_map(|part| part.split_once('}'))
            .map(|(name, _)| name.to_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn every_language_says_the_same_with_the_same_names() {
        let english: Vec<_> = Text::of(Locale::En)
            .entries()
            .map(|(key, text)| (key, names(text)))
            .collect();
        for locale in [Locale::De, Locale::Zh] {
            let other: Vec<_> = Text::of(locale)
                .entries()
                .map(|(key, text)| (key, names(text)))
                .collect();
            assert_eq!(english, other, "{locale:?}");
        }
    }

    #[test]
    fn no_text_is_empty_and_no_key_comes_twice() {
        for (locale, source) in Locale::ALL.into_iter().zip([
            include_str!("messages/en.txt"),
            include_str!("messages/de.txt"),
            include_str!("messages/zh.txt"),
        ]) {
            assert_eq!(lines(source).count(), Text::of(locale).entries().count(), "{locale:?}");
            assert!(
                Text::of(locale).entries().all(|(_, text)| !text.is_empty()),
                "{locale:?}"
            );
        }
    }

    #[test]
    fn a_value_is_not_read_for_names() {
        assert_eq!(fill("a {x} b", |_| Ok("{x}".to_owned())).unwrap(), "a {x} b");
        assert!(fill("a {x", |_| Ok(String::new())).is_err());
    }
}
