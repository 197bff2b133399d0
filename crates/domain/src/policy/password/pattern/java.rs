//! From Java's regular expressions to the library's, where the two differ.

use std::iter::Peekable;
use std::str::Chars;

/// An expression in the library's language.
pub(super) struct Translated {
    /// `(?i)` or nothing.
    pub(super) flags: &'static str,
    /// The look-aheads at the beginning, and whether each must match.
    pub(super) ahead: Vec<(bool, String)>,
    /// The rest.
    pub(super) whole: String,
}

/// `None` for what the library has no word for, or another meaning.
pub(super) fn translate(java: &str) -> Option<Translated> {
    let mut rest = java;
    let mut flags = "";
    let mut ahead = Vec::new();
    loop {
        if let Some(after) = rest.strip_prefix("(?i)").filter(|_| ahead.is_empty()) {
            (flags, rest) = ("(?i)", after);
        } else if let Some((must_match, inner, after)) = look_ahead(rest)? {
            ahead.push((must_match, body(inner)?));
            rest = after;
        } else if let Some(after) = rest.strip_prefix('^').filter(|after| after.starts_with("(?")) {
            rest = after;
        } else {
            break;
        }
    }
    // A choice at the top would leave the look-aheads to its first branch.
    if !ahead.is_empty() && has_choice(rest) {
        return None;
    }
    let whole = body(rest)?;
    Some(Translated { flags, ahead, whole })
}

/// A look-ahead that `text` begins with: whether it must match, what is in it, and what follows. `None` if its end is
/// missing, or if it is repeated.
#[expect(
    clippy::option_option,
    reason = "no look-ahead here, and a broken one, are not the same"
)]
fn look_ahead(text: &str) -> Option<Option<(bool, &str, &str)>> {
    let (must_match, inside) = match (text.strip_prefix("(?="), text.strip_prefix("(?!")) {
        (Some(inside), _) => (true, inside),
        (None, Some(inside)) => (false, inside),
        (None, None) => return Some(None),
    };
    let (mut end, mut depth) = (None, 1_u32);
    for (at, c) in plain(inside) {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            end = Some(at);
            break;
        }
    }
    let (inner, after) = inside.split_at_checked(end?)?;
    let after = after.strip_prefix(')')?;
    let is_repeated = after.starts_with(['*', '+', '?', '{']);
    (!is_repeated).then_some(Some((must_match, inner, after)))
}

fn has_choice(text: &str) -> bool {
    let mut depth = 0_u32;
    plain(text).any(|(_, c)| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == '|' && depth == 0
    })
}

/// The characters that are neither escaped nor in a set, with their places.
fn plain(text: &str) -> impl Iterator<Item = (usize, char)> {
    let (mut escaped, mut set) = (false, Set::Outside);
    text.char_indices().filter(move |(_, c)| {
        if escaped {
            escaped = false;
            set.enter();
            return false;
        }
        escaped = *c == '\\';
        let was_outside = matches!(set, Set::Outside);
        set.read(*c);
        was_outside && matches!(set, Set::Outside) && !escaped
    })
}

/// Where in a set of characters, `[…]`, the reader stands.
#[derive(Clone, Copy)]
enum Set {
    Outside,
    /// Behind `[`, where `^` negates and `]` is a character.
    Start,
    /// Behind `[^`, where `]` is a character.
    Negated,
    Inside,
}

impl Set {
    /// Reads a character that is not escaped.
    fn read(&mut self, c: char) {
        *self = match (*self, c) {
            (Self::Outside, '[') => Self::Start,
            (Self::Outside, _) | (Self::Inside, ']') => Self::Outside,
            (Self::Start, '^') => Self::Negated,
            (Self::Start | Self::Negated | Self::Inside, _) => Self::Inside,
        };
    }

    /// Reads a character that is escaped.
    fn enter(&mut self) {
        if !matches!(self, Self::Outside) {
            *self = Self::Inside;
        }
    }
}

fn body(java: &str) -> Option<String> {
    let mut out = String::new();
    let mut set = Set::Outside;
    let mut is_behind_quantifier = false;
    let mut rest = java.chars().peekable();
    while let Some(c) = rest.next() {
        if c == '\\' {
            escape(&mut rest, set, &mut out)?;
            set.enter();
            is_behind_quantifier = false;
            continue;
        }
        let is_outside = matches!(set, Set::Outside);
        match c {
            // Java would join, or subtract, the sets; `[:` begins a name for the library alone.
            '[' if !is_outside => return None,
            '&' if !is_outside && rest.peek() == Some(&'&') => return None,
            '(' if is_outside && rest.peek() == Some(&'?') => group(rest.clone())?,
            // A second one makes it possessive.
            '*' | '+' if is_outside && is_behind_quantifier => return None,
            _ => {}
        }
        is_behind_quantifier = is_outside
            && match c {
                '*' | '+' | '}' => true,
                // Behind another one it makes that one lazy.
                '?' => !is_behind_quantifier,
                _ => false,
            };
        set.read(c);
        out.push(c);
    }
    Some(out)
}

/// What may stand behind `(`, from `?` on: a group without a number, with a name, or with `i` for upper and lower case
/// alike. Other flags mean other things to the library.
fn group(behind: Peekable<Chars<'_>>) -> Option<()> {
    let text: String = behind.skip(1).take(4).collect();
    let mut flags = text.trim_start_matches(['i', '-']).chars();
    let is_named = |name: &str| name.starts_with(|c: char| c.is_ascii_alphabetic());
    let fits = text.strip_prefix('<').is_some_and(is_named) || matches!(flags.next(), Some(':' | ')'));
    fits.then_some(())
}

/// What stands behind a backslash.
fn escape(rest: &mut Peekable<Chars<'_>>, set: Set, out: &mut String) -> Option<()> {
    let c = rest.next()?;
    let is_outside = matches!(set, Set::Outside);
    match c {
        'p' | 'P' => return property(rest, c == 'P', set, out),
        'd' | 'D' | 'w' | 'W' | 's' | 'S' | 't' | 'n' | 'r' | 'f' | 'a' | 'x' | 'u' => {}
        'A' | 'z' | 'B' if is_outside => {}
        'b' if is_outside && rest.peek() != Some(&'{') => {}
        _ if c.is_ascii_alphanumeric() => return None,
        // Any other character stands for itself. The library takes no backslash before some.
        _ if matches!(c, '<' | '>') || !c.is_ascii_punctuation() => {
            out.push(c);
            return Some(());
        }
        _ => {}
    }
    out.push('\\');
    out.push(c);
    Some(())
}

/// `\p{Punct}` and the like: Java's names for what POSIX has, of ASCII alone. Unicode's are not known.
fn property(rest: &mut Peekable<Chars<'_>>, is_negated: bool, set: Set, out: &mut String) -> Option<()> {
    const NAMES: [&str; 13] = [
        "Lower", "Upper", "Alpha", "Digit", "Alnum", "Punct", "Graph", "Print", "Blank", "Cntrl", "XDigit", "Space",
        "ASCII",
    ];
    rest.next_if_eq(&'{')?;
    let name: String = std::iter::from_fn(|| rest.next_if(char::is_ascii_alphabetic)).collect();
    rest.next_if_eq(&'}')?;
    let name = NAMES.into_iter().find(|known| *known == name)?.to_ascii_lowercase();
    let negation = if is_negated { "^" } else { "" };
    let (open, close) = match set {
        Set::Outside => ("[[:", ":]]"),
        Set::Start | Set::Negated | Set::Inside => ("[:", ":]"),
    };
    for part in [open, negation, &name, close] {
        out.push_str(part);
    }
    Some(())
}
