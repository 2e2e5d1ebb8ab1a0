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
    marked.replace("instr(", "strpos(")
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
}
