//! A statement for one query, where the conditions differ from query to query.

use crate::param::Param;
use crate::statement::Sql;

/// A statement that grows. Only texts of this program get into it; what a caller says is bound.
pub(crate) struct Building<'a> {
    text: String,
    params: Vec<Param<'a>>,
}

impl<'a> Building<'a> {
    pub(crate) fn new(text: &'static str) -> Self {
        Self {
            text: text.into(),
            params: Vec::new(),
        }
    }

    /// Goes on with a text.
    pub(crate) fn text(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Goes on with the placeholder of a value.
    pub(crate) fn bind(&mut self, value: impl Into<Param<'a>>) -> &mut Self {
        self.params.push(value.into());
        self.text.push('$');
        self.text.push_str(&self.params.len().to_string());
        self
    }

    /// Goes on with the placeholders of several values, in parentheses.
    pub(crate) fn bind_list(&mut self, values: impl IntoIterator<Item = impl Into<Param<'a>>>) -> &mut Self {
        let mut separator = "(";
        for value in values {
            self.text(separator).bind(value);
            separator = ", ";
        }
        self.text(")")
    }

    /// The statement and its values.
    pub(crate) fn finish(self) -> (Sql, Vec<Param<'a>>) {
        (Sql::built(self.text), self.params)
    }
}

#[cfg(test)]
mod tests {
    use super::Building;

    #[test]
    fn what_a_caller_says_is_not_in_the_text() {
        let mut building = Building::new("select 1 where 'a' = ");
        building.bind("'; drop table users; --").text(" and 'b' in ");
        building.bind_list(["b", "c"]);
        let (sql, params) = building.finish();
        assert_eq!(sql.postgres(), "select 1 where 'a' = $1 and 'b' in ($2, $3)");
        assert_eq!(params.len(), 3);
    }
}
