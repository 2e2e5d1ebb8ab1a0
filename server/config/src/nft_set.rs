//! Sets of the kernel's packet filter, as settings name them.

/// The names of two sets of nftables, one for each family of addresses. Their elements must be
/// able to time out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NftSet {
    /// The family of the table: `inet`, `netdev` or `bridge`, which have both kinds of addresses.
    pub family: String,
    /// The table.
    pub table: String,
    /// The name that both sets begin with; they end in `_v4` and `_v6`.
    pub set: String,
}

impl NftSet {
    /// Reads `FAMILY/TABLE/SET`, such as `inet/filter/banned`.
    pub(crate) fn parse(text: &str) -> Result<NftSet, &'static str> {
        const RULE: &str = "must be FAMILY/TABLE/SET, such as inet/filter/banned";
        let parts: Vec<&str> = text.split('/').collect();
        let [family, table, set] = parts.as_slice() else {
            return Err(RULE);
        };
        let known = ["inet", "netdev", "bridge"].contains(family);
        if !known || !is_name(table) || !is_name(set) {
            return Err(RULE);
        }
        Ok(NftSet {
            family: (*family).to_owned(),
            table: (*table).to_owned(),
            set: (*set).to_owned(),
        })
    }
}

/// Names that mean nothing else to nft.
fn is_name(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let begins = text.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
    begins && text.len() <= 48 && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_set_is_named_by_family_table_and_name() {
        let set = NftSet::parse("inet/filter/banned").unwrap();
        assert_eq!((set.table.as_str(), set.set.as_str()), ("filter", "banned"));
        for text in [
            "",
            "inet/filter",
            "ip/filter/banned",
            "inet/a b/c",
            "inet/a/b;c",
            "inet//b",
        ] {
            assert!(NftSet::parse(text).is_err(), "{text}");
        }
    }
}
