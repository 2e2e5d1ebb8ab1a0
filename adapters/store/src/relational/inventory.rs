//! All tables of a store with their columns, for whoever moves it as a whole.

/// A table.
#[derive(Debug)]
pub(crate) struct Table {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its columns; those of the primary key come first.
    pub(crate) columns: &'static [&'static str],
    /// How many columns the primary key has.
    pub(crate) key: usize,
}

const fn table(name: &'static str, key: usize, columns: &'static [&'static str]) -> Table {
    Table { name, columns, key }
}

/// The table of data keys; the platform's own is there from the beginning.
pub(crate) const DATA_KEYS: &str = "data_keys";

/// The table of one row that is there from the beginning.
pub(crate) const FEED_END: &str = "feed_end";

/// All tables, those that are referred to before those that refer.
pub(crate) const TABLES: [Table; 30] = [
    table(DATA_KEYS, 1, &["tenant", "sealed"]),
    table(
        "documents",
        3,
        &[
            "tenant", "kind", "id", "revision", "name", "spec", "created", "updated", "digests",
        ],
    ),
    table("blobs", 3, &["tenant", "kind", "id", "length", "about"]),
    table(
        "blob_pieces",
        4,
        &["tenant", "kind", "id", "number", "octets"],
    ),
    table(
        "unique_keys",
        3,
        &["tenant", "space", "key", "platform", "kind", "id"],
    ),
    table(
        "pointers",
        7,
        &[
            "target_tenant",
            "target_kind",
            "target",
            "tenant",
            "kind",
            "id",
            "field",
        ],
    ),
    table(
        "history",
        4,
        &[
            "tenant", "kind", "id", "number", "revision", "change", "at", "actor", "document",
        ],
    ),
    table(
        "audit",
        2,
        &[
            "tenant", "id", "at", "actor", "action", "target", "before", "after", "request",
        ],
    ),
    table(
        "feed",
        1,
        &["cursor", "tenant", "kind", "id", "revision", "change"],
    ),
    table(FEED_END, 1, &["latest"]),
    table(
        "events",
        2,
        &["tenant", "cursor", "turn", "id", "at", "event"],
    ),
    table("event_marks", 1, &["tenant", "latest"]),
    table("webhook_places", 2, &["tenant", "webhook", "cursor"]),
    table(
        "deliveries",
        3,
        &["tenant", "webhook", "cursor", "state", "delivery"],
    ),
    table("support_policies", 1, &["tenant", "policy"]),
    table("support_accesses", 2, &["tenant", "id", "actor", "access"]),
    table("cdrs", 2, &["tenant", "id", "started", "record"]),
    table(
        "cdr_facets",
        5,
        &["tenant", "facet", "value", "started", "id"],
    ),
    table(
        "quality_hours",
        4,
        &[
            "tenant",
            "dimension",
            "hour",
            "value",
            "worst",
            "calls",
            "legs",
            "seconds",
            "scored",
            "mos",
            "poor",
            "expected",
            "lost",
            "jitter",
            "jitter_seconds",
            "round_trip",
            "trip_seconds",
            "one_way",
            "concealed",
        ],
    ),
    table("ladders", 2, &["tenant", "cdr", "call", "sealed"]),
    table(
        "recordings",
        2,
        &["tenant", "id", "call", "state", "sealed"],
    ),
    table(
        "faxes",
        2,
        &["tenant", "id", "extension", "state", "octets", "sealed"],
    ),
    table("fax_pieces", 2, &["tenant", "id", "fax", "sealed"]),
    table(
        "tokens",
        2,
        &[
            "tenant",
            "id",
            "name",
            "hash",
            "created",
            "expires",
            "revoked",
            "scopes",
            "former",
            "former_until",
            "used",
        ],
    ),
    table(
        "credentials",
        2,
        &["tenant", "person", "revision", "sealed"],
    ),
    table("logins", 3, &["tenant", "person", "login"]),
    table("settings", 1, &["key", "value"]),
    table("bans", 1, &["source", "until", "ban"]),
    table(
        "requests",
        1,
        &[
            "number",
            "key",
            "fingerprint",
            "begun",
            "status",
            "headers",
            "body",
        ],
    ),
    table("once", 1, &["thing", "ends"]),
];

impl Table {
    /// Its columns as a text of SQL names them.
    pub(crate) fn column_list(&self) -> String {
        self.columns.join(", ")
    }

    /// Those of its primary key.
    pub(crate) fn key_list(&self) -> String {
        self.columns
            .get(..self.key)
            .unwrap_or(self.columns)
            .join(", ")
    }
}

/// The marks of `count` parameters from a number on: `?3, ?4`.
pub(crate) fn marks(first: usize, count: usize) -> String {
    let marks: Vec<String> = (first..first + count).map(|at| format!("?{at}")).collect();
    marks.join(", ")
}
