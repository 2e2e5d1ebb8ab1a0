//! Lists of values in statements, in few lengths: each length is a text of its own that every
//! connection prepares.

use super::value::{ToValue, Value};

/// The lengths. A list between two of them is filled up with its last value, which says the same.
const LENGTHS: [usize; 3] = [1, 16, MOST];

/// The longest list that is used again.
pub(super) const MOST: usize = 256;

/// Some values as the list of a statement, and the parameters of it.
pub(super) fn list(values: &[impl ToValue]) -> (String, Vec<Value>) {
    list_after(Vec::new(), values)
}

/// The same of a statement whose first parameters are others.
pub(super) fn list_after(mut first: Vec<Value>, values: &[impl ToValue]) -> (String, Vec<Value>) {
    let room = LENGTHS.into_iter().find(|room| *room >= values.len());
    let room = room.unwrap_or(values.len());
    let last = values.last().into_iter().cycle();
    let params = values.iter().chain(last).take(room);
    let before = first.len();
    first.extend(params.map(ToValue::to_value));
    let marks = (before + 1..=first.len()).map(|n| format!("?{n}"));
    (marks.collect::<Vec<String>>().join(", "), first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_filled_up_so_that_few_texts_are_prepared() {
        let (marks, params) = list(&["a", "b"]);
        assert!(marks.starts_with("?1, ?2, ?3"), "{marks}");
        assert_eq!(params.len(), 16);
        assert_eq!(params.last(), Some(&Value::Text("b".to_owned())));
        assert_eq!(
            list(&["a"]),
            ("?1".to_owned(), vec![Value::Text("a".to_owned())])
        );
    }

    #[test]
    fn a_list_is_numbered_after_the_parameters_before_it() {
        let (marks, params) = list_after(vec![Value::Text("of".to_owned())], &["a"]);
        let texts = ["of", "a"].map(|text| Value::Text(text.to_owned()));
        assert_eq!((marks.as_str(), params), ("?2", texts.to_vec()));
    }
}
