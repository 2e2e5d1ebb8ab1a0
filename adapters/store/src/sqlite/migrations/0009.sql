-- Version 9. What was used and must not be used again before its own end, such as the answers of
-- sign-in servers, by a hash of it. All processes that share the store look here.
CREATE TABLE once (
  thing BLOB    NOT NULL PRIMARY KEY,
  ends  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX once_by_end ON once (ends);
