-- Version 12. What is known of recordings of calls; see the embedded database's migrations for the
-- meaning.

CREATE TABLE recordings (
  tenant TEXT COLLATE "C" NOT NULL,
  id     TEXT COLLATE "C" NOT NULL,
  call   TEXT COLLATE "C" NOT NULL,
  state  TEXT COLLATE "C" NOT NULL,
  sealed BYTEA NOT NULL,
  PRIMARY KEY (tenant, id)
);

CREATE INDEX recordings_by_call ON recordings (tenant, call, id);
CREATE INDEX recordings_running ON recordings (id) WHERE state = 'running';

CREATE POLICY wall ON recordings USING
  ((SELECT current_setting('strowger.sight', true)) IN ('*', '=' || tenant));
ALTER TABLE recordings ENABLE ROW LEVEL SECURITY;
ALTER TABLE recordings FORCE ROW LEVEL SECURITY;
