-- Version 6. What was used and must not be used again; see the embedded database's migrations for
-- the meaning.

CREATE TABLE once (
  thing BYTEA  NOT NULL PRIMARY KEY,
  ends  BIGINT NOT NULL
);

CREATE INDEX once_by_end ON once (ends);

-- the platform's own: no tenant's transaction has business there
CREATE POLICY wall ON once USING ((SELECT current_setting('strowger.sight', true)) = '*');
ALTER TABLE once ENABLE ROW LEVEL SECURITY;
ALTER TABLE once FORCE ROW LEVEL SECURITY;
