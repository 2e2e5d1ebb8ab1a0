//! The shared texts of SQL, as PostgreSQL reads them.

/// A text with `?1` as `$1`, and with PostgreSQL's own name for what it calls otherwise. What
/// stands between quotes is left alone.
pub(super) fn translated(text: &str) -> String {
    let mut quoted = false;
    let marked: String = text
        .chars()
        .map(|letter| {
            quoted ^= letter == '\'';
            if letter == '?' && !quoted {
                '$'
            } else {
                letter
            }
        })
        .collect();
    rows_of(&marked.replace("instr(", "strpos("))
}

/// `json_each($1) AS item`, the rows of a parameter that is an array, in PostgreSQL's words.
fn rows_of(text: &str) -> String {
    const ROWS: (&str, &str) = ("json_each(", ") AS item");
    let mut parts = text.split(ROWS.0);
    let mut read = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (parameter, rest) = part.split_once(ROWS.1).unwrap_or((part, ""));
        read += "json_array_elements(CAST(CAST(";
        read += parameter;
        read += " AS TEXT) AS JSON)) AS item (value)";
        read += rest;
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_get_their_other_mark_and_quotes_stay() {
        let text = "SELECT '?1' FROM t WHERE a = ?1 AND instr(b, ?12) > 0";
        let read = "SELECT '?1' FROM t WHERE a = $1 AND strpos(b, $12) > 0";
        assert_eq!(translated(text), read);
    }

    #[test]
    fn rows_of_an_array_get_their_other_name() {
        let text = "SELECT item.value ->> 0 FROM json_each(?2) AS item, t WHERE a = ?1";
        let read = "SELECT item.value ->> 0 FROM \
                    json_array_elements(CAST(CAST($2 AS TEXT) AS JSON)) AS item (value), t \
                    WHERE a = $1";
        assert_eq!(translated(text), read);
    }
}
