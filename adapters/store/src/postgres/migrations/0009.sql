-- Version 9. Sources whose messages are not read for a while; see the embedded database's
-- migrations for the meaning. The platform's own: no tenant's transaction has business there.

CREATE TABLE bans (
  source TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  until  BIGINT NOT NULL,
  ban    TEXT NOT NULL
);

CREATE INDEX bans_by_end ON bans (until);

CREATE POLICY wall ON bans USING
  ((SELECT current_setting('strowger.sight', true)) = '*');
ALTER TABLE bans ENABLE ROW LEVEL SECURITY;
ALTER TABLE bans FORCE ROW LEVEL SECURITY;
