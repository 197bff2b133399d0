//! Answers whose text is an error's `Display`: the literals of `#[error("…")]`.

use super::answers::Answer;
use super::places::{SPOKEN, Spoken};
use super::source::Source;

/// The answers of the enums of a source.
pub(super) fn spoken(source: &Source) -> Vec<Answer> {
    let enums = SPOKEN.iter().filter(|spoken| spoken.file == source.name);
    enums.flat_map(|spoken| of(spoken, &source.text)).collect()
}

fn of(spoken: &Spoken, source: &str) -> Vec<Answer> {
    let begin = format!("pub(crate) enum {} {{", spoken.name);
    let body = source
        .lines()
        .skip_while(|line| *line != begin)
        .take_while(|line| *line != "}");
    let mut text = None;
    let mut found = Vec::new();
    for line in body.map(str::trim) {
        if let Some(said) = line
            .strip_prefix("#[error(\"")
            .and_then(|rest| rest.strip_suffix("\")]"))
        {
            text = Some(said);
        } else if let Some(variant) = line.strip_suffix(',')
            && let Some(said) = text.take()
        {
            let but = spoken.but.iter().find(|(name, ..)| *name == variant);
            let (code, status) = but.map_or((Some(spoken.code), None), |&(_, code, status)| (code, status));
            found.extend(code.map(|code| Answer {
                code: Some(code.to_owned()),
                status: status.map(str::to_owned),
                text: said.to_owned(),
            }));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Spoken, of};

    #[test]
    fn variants_with_their_texts() {
        let source = "\
pub(crate) enum E {
    /// One.
    #[error(\"one\")]
    One,
    #[error(\"two\")]
    Two,
    #[error(\"three\")]
    Three,
}
";
        let spoken = Spoken {
            file: "",
            name: "E",
            code: "InvalidGrant",
            but: &[("Two", Some("InvalidClient"), Some("FORBIDDEN")), ("Three", None, None)],
        };
        let shown: Vec<String> = of(&spoken, source)
            .into_iter()
            .map(|answer| format!("{:?} {:?} {}", answer.code, answer.status, answer.text))
            .collect();
        assert_eq!(
            shown,
            [
                "Some(\"InvalidGrant\") None one",
                "Some(\"InvalidClient\") Some(\"FORBIDDEN\") two"
            ]
        );
    }
}
