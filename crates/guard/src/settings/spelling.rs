//! What a misspelt name was meant to be.

/// The name among `known` that `written` is one slip away from: one letter too many, too few, another, or two swapped.
pub fn nearest<'k>(written: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    known.into_iter().find(|name| is_one_slip(written, name))
}

fn is_one_slip(written: &str, name: &str) -> bool {
    let (written, name): (Vec<char>, Vec<char>) = (written.chars().collect(), name.chars().collect());
    // A name of one letter is near to everything.
    if written.len().min(name.len()) < 2 || written == name {
        return false;
    }
    let same = written
        .iter()
        .zip(&name)
        .take_while(|(left, right)| left == right)
        .count();
    let (_, written) = written.split_at(same);
    let (_, name) = name.split_at(same);
    match (written, name) {
        ([first, second, written @ ..], [one, two, name @ ..]) if first == two && second == one && written == name => {
            true
        }
        ([_, written @ ..], [_, name @ ..]) if written == name => true,
        ([_, written @ ..], name) if written == name => true,
        (written, [_, name @ ..]) => written == name,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn one_slip_is_forgiven_and_two_are_not() {
        let known = ["default", "tight", "GET", "id"];
        for (written, meant) in [
            ("defualt", Some("default")),
            ("defaul", Some("default")),
            ("defaults", Some("default")),
            ("dafault", Some("default")),
            ("tigth", Some("tight")),
            ("GTE", Some("GET")),
            ("ids", Some("id")),
            ("defautl2", None),
            ("none", None),
            ("default", None),
            ("i", None),
            ("", None),
        ] {
            assert_eq!(nearest(written, known), meant, "{written}");
        }
    }
}
