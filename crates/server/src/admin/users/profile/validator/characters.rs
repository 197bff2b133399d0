//! Characters that names must not have.

use super::{Broken, Options, demand, message};

/// Not in user names.
pub(super) const USERNAME: fn(char) -> bool =
    |c| c.is_whitespace() || "<>&\"'$%!#?\u{a7},;:*~/\\|^=[]{}()`".contains(c) || c.is_control();

/// Not in the names of people.
pub(super) const PERSON: fn(char) -> bool =
    |c| "<>&\"$%!#?\u{a7};*~/\\|^=[]{}()\u{2028}\u{2029}".contains(c) || c.is_control();

/// Judges a name.
pub(super) fn judge(value: &str, prohibited: fn(char) -> bool, usual: &str, options: &Options) -> Result<(), Broken> {
    demand(!value.contains(prohibited), message(options, usual), Vec::new)
}

/// Judges a user name by the alphabet: one that mixes in letters of another looks like somebody else's.
pub(super) fn judge_homograph(value: &str, options: &Options) -> Result<(), Broken> {
    let latin = value.chars().all(is_latin_or_common);
    demand(latin, message(options, "error-username-invalid-character"), Vec::new)
}

/// Letters of the Latin script, and whatever is no letter: digits, marks, signs (Unicode Standard Annex #24 calls the
/// latter common and inherited).
fn is_latin_or_common(c: char) -> bool {
    !c.is_alphabetic()
        || matches!(c,
            'a'..='z' | 'A'..='Z' | '\u{aa}' | '\u{ba}' | '\u{c0}'..='\u{24f}' | '\u{250}'..='\u{2b8}'
            | '\u{1d00}'..='\u{1d25}' | '\u{1d2c}'..='\u{1d5c}' | '\u{1d62}'..='\u{1d65}' | '\u{1d6b}'..='\u{1dbe}'
            | '\u{1e00}'..='\u{1eff}' | '\u{2c60}'..='\u{2c7f}' | '\u{a722}'..='\u{a7ff}' | '\u{ab30}'..='\u{ab64}'
            | '\u{fb00}'..='\u{fb06}' | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}')
}
