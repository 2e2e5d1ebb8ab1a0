//! Lists in pages, as the API shows them.

use std::borrow::Cow;

use ports::Cursor;
use serde::Serialize;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::problem::Problem;

/// One page of a list.
#[derive(Debug, Serialize)]
pub(crate) struct List<T> {
    items: Vec<T>,
    next: Option<String>,
}

impl<T> List<T> {
    /// The only page of a list of nothing.
    pub(crate) fn empty() -> List<T> {
        List {
            items: Vec::new(),
            next: None,
        }
    }

    /// A page as a store gave it.
    pub(crate) fn of<S: Into<T>>(items: Vec<S>, next: Option<Cursor>) -> List<T> {
        List {
            items: items.into_iter().map(S::into).collect(),
            next: next.map(|cursor| hand_out(&cursor)),
        }
    }

    /// A page of what is at hand as a whole, each with the key by which it is sorted.
    pub(crate) fn cut<S: Into<T>>(
        mut all: Vec<(String, S)>,
        after: Option<&Cursor>,
        limit: usize,
    ) -> List<T> {
        all.retain(|(key, _)| after.is_none_or(|after| *key > after.0));
        all.sort_by(|(a, _), (b, _)| a.cmp(b));
        let more = all.len() > limit;
        all.truncate(limit);
        let last = all.last().filter(|_| more);
        let next = last.map(|(key, _)| Cursor(key.clone()));
        List::of(all.into_iter().map(|(_, item)| item).collect(), next)
    }
}

/// A cursor's text outside: hexadecimal, so that it goes into any URL as it is.
pub(crate) fn hand_out(cursor: &Cursor) -> String {
    cursor.0.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads what [`hand_out`] wrote.
pub(crate) fn take_back(text: &str) -> Result<Cursor, Problem> {
    let pairs = text.as_bytes().chunks(2);
    let byte = |pair: &[u8]| {
        let digits = str::from_utf8(pair)
            .ok()
            .filter(|pair| !pair.starts_with('+'))?;
        u8::from_str_radix(digits, 16).ok()
    };
    let bytes: Option<Vec<u8>> = pairs.map(byte).collect();
    bytes
        .filter(|bytes| !bytes.is_empty() && text.len() == 2 * bytes.len())
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .map(Cursor)
        .ok_or_else(|| Problem::parameter("after", "must be `next` of another page, as it came"))
}

impl<T: ToSchema> PartialSchema for List<T> {
    fn schema() -> RefOr<Schema> {
        let item = Ref::from_schema_name(T::name());
        let next = ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
            .description(Some(
                "Where the next page begins: hand it back as `after`. Null on the last page.",
            ));
        ObjectBuilder::new()
            .description(Some("One page of a list."))
            .property("items", ArrayBuilder::new().items(item))
            .property("next", next)
            .required("items")
            .required("next")
            .into()
    }
}

impl<T: ToSchema> ToSchema for List<T> {
    fn name() -> Cow<'static, str> {
        Cow::Owned(format!("{}List", T::name()))
    }

    fn schemas(all: &mut Vec<(String, RefOr<Schema>)>) {
        all.push((T::name().into_owned(), T::schema()));
        T::schemas(all);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_cursor_of_any_text_goes_into_a_url_as_it_is_and_comes_back() {
        for text in ["ext_01", "+49&*#", "1:cdr_0", "ü"] {
            let outside = hand_out(&Cursor(text.to_owned()));
            assert!(outside.bytes().all(|byte| byte.is_ascii_alphanumeric()));
            assert_eq!(take_back(&outside).unwrap().0, text);
        }
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for text in ["", "0", "zz", "+1", "ff", "abc", "日本"] {
            assert!(take_back(text).is_err(), "{text}");
        }
    }

    #[test]
    fn pages_of_a_whole_follow_each_other_without_gap_or_overlap() {
        let all: Vec<(String, u32)> = (0..7u32).rev().map(|n| (format!("k{n}"), n)).collect();
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page: List<u32> = List::cut(all.clone(), after.as_ref(), 3);
            seen.extend(page.items);
            let Some(next) = page.next else { break };
            after = Some(take_back(&next).unwrap());
        }
        assert_eq!(seen, [0, 1, 2, 3, 4, 5, 6]);
    }
}
