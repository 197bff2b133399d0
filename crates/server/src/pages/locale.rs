//! The language of a page, and how it is chosen.

/// A language that the pages speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Locale {
    /// English, the language when nothing better is known.
    #[default]
    En,
    /// German.
    De,
    /// Chinese in simplified characters.
    Zh,
}

/// More language ranges than this are not looked at.
const MOST_RANGES: usize = 32;
/// A longer text than this, in bytes, is not looked at.
const MOST_BYTES: usize = 2_048;

impl Locale {
    /// Every language, in the order of the switch.
    pub(crate) const ALL: [Self; 3] = [Self::En, Self::De, Self::Zh];

    /// The language for a person: the first that we speak of `ui_locales`, which the application asked for, else the
    /// best of `Accept-Language`, else English. Neither text can make this fail. OIDC Core §3.1.2.1, RFC 9110 §12.5.4
    pub(crate) fn choose(ui_locales: Option<&str>, accept_language: Option<&str>) -> Self {
        ui_locales
            .and_then(Self::from_ui_locales)
            .or_else(|| accept_language.and_then(Self::from_accept_language))
            .unwrap_or_default()
    }

    /// The BCP 47 tag, for `lang` and `Content-Language`. RFC 5646 §2.1
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Zh => "zh-CN",
        }
    }

    /// What the language is called by those who speak it.
    pub(crate) const fn native_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::De => "Deutsch",
            Self::Zh => "中文",
        }
    }

    /// The place in [`Locale::ALL`].
    pub(super) const fn index(self) -> usize {
        match self {
            Self::En => 0,
            Self::De => 1,
            Self::Zh => 2,
        }
    }

    /// The language of a tag, by its first subtag. RFC 4647 §3.3.1
    fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?;
        [("en", Self::En), ("de", Self::De), ("zh", Self::Zh)]
            .into_iter()
            .find_map(|(name, locale)| primary.eq_ignore_ascii_case(name).then_some(locale))
    }

    fn from_ui_locales(text: &str) -> Option<Self> {
        if text.len() > MOST_BYTES {
            return None;
        }
        text.split_ascii_whitespace().take(MOST_RANGES).find_map(Self::from_tag)
    }

    fn from_accept_language(text: &str) -> Option<Self> {
        if text.len() > MOST_BYTES {
            return None;
        }
        let mut best: Option<(u16, Self)> = None;
        for range in text.split(',').take(MOST_RANGES) {
            let mut parts = range.split(';');
            let Some(locale) = parts.next().map(str::trim).and_then(Self::from_tag) else {
                continue;
            };
            let weight = parts.next().map_or(Some(1_000), weight).unwrap_or(0);
            // Of two with the same weight the first stays.
            if weight > best.map_or(0, |(weight, _)| weight) {
                best = Some((weight, locale));
            }
        }
        best.map(|(_, locale)| locale)
    }
}

/// `q=0.8` in thousandths. RFC 9110 §12.4.2
fn weight(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.trim().split_once('=')?;
    let (whole, decimals) = value.trim().split_once('.').unwrap_or((value.trim(), ""));
    let digits = decimals.bytes().all(|b| b.is_ascii_digit()) && decimals.len() <= 3;
    if !name.trim().eq_ignore_ascii_case("q") || !digits {
        return None;
    }
    match whole {
        "1" => Some(1_000),
        "0" => format!("{decimals:0<3}").parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ui_locales_come_before_the_browser() {
        assert_eq!(Locale::choose(Some("fr-CA de-AT en"), Some("zh")), Locale::De);
        assert_eq!(
            Locale::choose(Some("fr"), Some("zh-Hans-CN;q=0.9, en;q=0.3")),
            Locale::Zh
        );
        assert_eq!(Locale::choose(Some("ZH_tw"), None), Locale::Zh);
        assert_eq!(Locale::choose(Some(""), Some("")), Locale::En);
        assert_eq!(Locale::choose(None, None), Locale::En);
    }

    #[test]
    fn the_heaviest_language_wins_and_the_first_of_equals() {
        assert_eq!(Locale::choose(None, Some("en;q=0.5, de;q=0.51")), Locale::De);
        assert_eq!(Locale::choose(None, Some("de, en")), Locale::De);
        assert_eq!(Locale::choose(None, Some("fr, *;q=0.5, zh ; q=0.1")), Locale::Zh);
        assert_eq!(Locale::choose(None, Some("de;q=0, en;q=0.1")), Locale::En);
        assert_eq!(Locale::choose(None, Some("de;q=0")), Locale::En);
    }

    #[test]
    fn whatever_is_sent_gives_a_language() {
        for text in [
            "deutsch",
            "d",
            ";;;,,,=",
            "de;q=9",
            "de;q=0.12345",
            "de;x=1",
            "\u{0}",
            "de;q=.5",
        ] {
            assert_eq!(Locale::choose(Some("\u{ffff} x"), Some(text)), Locale::En, "{text}");
        }
        let long = "de,".repeat(10_000);
        assert_eq!(Locale::choose(None, Some(&long)), Locale::En);
        let many = format!("{}de", "fr ".repeat(40));
        assert_eq!(Locale::choose(Some(&many), None), Locale::En);
    }

    #[test]
    fn the_index_is_the_place_in_all() {
        for (index, locale) in Locale::ALL.into_iter().enumerate() {
            assert_eq!(locale.index(), index);
        }
    }
}
