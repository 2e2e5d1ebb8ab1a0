-- Version 12. Sources whose messages are not read for a while. The platform's own; until is a copy
-- of what the ban says.
CREATE TABLE bans (
  source TEXT NOT NULL PRIMARY KEY,
  until  INTEGER NOT NULL,
  ban    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX bans_by_end ON bans (until);
