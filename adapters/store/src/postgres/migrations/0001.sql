-- Version 1. The same tables as in the embedded database; see its migrations for their meaning.
-- The column `tenant` holds whoever owns the row.
-- Texts are compared by their bytes, whatever the collation of the database.

CREATE TABLE data_keys (
  tenant TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  sealed BYTEA NOT NULL
);

CREATE TABLE documents (
  tenant   TEXT COLLATE "C" NOT NULL REFERENCES data_keys (tenant),
  kind     TEXT COLLATE "C" NOT NULL,
  id       TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL,
  name     TEXT COLLATE "C" NOT NULL,
  spec     TEXT NOT NULL,
  created  BIGINT NOT NULL,
  updated  BIGINT NOT NULL,
  digests  BYTEA,
  PRIMARY KEY (tenant, kind, id)
);

CREATE UNIQUE INDEX documents_by_name ON documents (tenant, kind, name);
CREATE UNIQUE INDEX tenants_by_id ON documents (id) WHERE kind = 'tenant';
CREATE UNIQUE INDEX tenants_by_name ON documents (name) WHERE kind = 'tenant';
CREATE UNIQUE INDEX accounts_by_id ON documents (id) WHERE kind IN ('reseller', 'plan');
CREATE UNIQUE INDEX resellers_by_name ON documents (name) WHERE kind = 'reseller';

CREATE TABLE unique_keys (
  tenant   TEXT COLLATE "C" NOT NULL,
  space    TEXT COLLATE "C" NOT NULL,
  key      TEXT COLLATE "C" NOT NULL,
  platform BIGINT NOT NULL,
  kind     TEXT COLLATE "C" NOT NULL,
  id       TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, space, key),
  FOREIGN KEY (tenant, kind, id) REFERENCES documents (tenant, kind, id)
);

CREATE UNIQUE INDEX platform_keys ON unique_keys (space, key) WHERE platform = 1;
CREATE INDEX unique_keys_by_document ON unique_keys (tenant, kind, id);

CREATE TABLE pointers (
  target_tenant TEXT COLLATE "C" NOT NULL,
  target_kind   TEXT COLLATE "C" NOT NULL,
  target        TEXT COLLATE "C" NOT NULL,
  tenant        TEXT COLLATE "C" NOT NULL,
  kind          TEXT COLLATE "C" NOT NULL,
  id            TEXT COLLATE "C" NOT NULL,
  field         TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (target_tenant, target_kind, target, tenant, kind, id, field),
  FOREIGN KEY (tenant, kind, id) REFERENCES documents (tenant, kind, id),
  FOREIGN KEY (target_tenant, target_kind, target) REFERENCES documents (tenant, kind, id),
  CHECK (target_tenant = tenant OR target_kind IN ('reseller', 'plan'))
);

CREATE INDEX pointers_by_document ON pointers (tenant, kind, id, target);

CREATE TABLE history (
  tenant   TEXT COLLATE "C" NOT NULL,
  kind     TEXT COLLATE "C" NOT NULL,
  id       TEXT COLLATE "C" NOT NULL,
  number   BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  change   TEXT NOT NULL,
  at       BIGINT NOT NULL,
  actor    TEXT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (tenant, kind, id, number)
);

CREATE TABLE audit (
  tenant  TEXT COLLATE "C" NOT NULL,
  id      TEXT COLLATE "C" NOT NULL,
  at      BIGINT NOT NULL,
  actor   TEXT NOT NULL,
  action  TEXT NOT NULL,
  target  TEXT NOT NULL,
  before  TEXT,
  after   TEXT,
  request TEXT NOT NULL,
  PRIMARY KEY (tenant, id)
);

CREATE TABLE feed (
  cursor   BIGINT PRIMARY KEY,
  tenant   TEXT COLLATE "C" NOT NULL,
  kind     TEXT NOT NULL,
  id       TEXT NOT NULL,
  revision BIGINT NOT NULL,
  change   TEXT NOT NULL
);

-- The cursor of the feed's latest entry: one row. Without a tenant, since each sees only its own
-- entries.
CREATE TABLE feed_end (latest BIGINT NOT NULL);
INSERT INTO feed_end VALUES (0);

CREATE TABLE events (
  tenant TEXT COLLATE "C" NOT NULL,
  cursor BIGINT NOT NULL,
  turn   BIGINT NOT NULL,
  id     TEXT COLLATE "C" NOT NULL,
  at     BIGINT NOT NULL,
  event  TEXT NOT NULL,
  PRIMARY KEY (tenant, cursor)
);

CREATE UNIQUE INDEX events_by_id ON events (tenant, id);
CREATE UNIQUE INDEX events_by_turn ON events (turn);

CREATE TABLE event_marks (
  tenant TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  latest BIGINT NOT NULL
);

CREATE TABLE cdrs (
  tenant  TEXT COLLATE "C" NOT NULL,
  id      TEXT COLLATE "C" NOT NULL,
  started BIGINT NOT NULL,
  record  TEXT NOT NULL,
  PRIMARY KEY (tenant, id)
);

CREATE INDEX cdrs_by_start ON cdrs (tenant, started, id);

CREATE TABLE cdr_facets (
  tenant  TEXT COLLATE "C" NOT NULL,
  facet   TEXT COLLATE "C" NOT NULL,
  value   TEXT COLLATE "C" NOT NULL,
  started BIGINT NOT NULL,
  id      TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, facet, value, started, id),
  FOREIGN KEY (tenant, id) REFERENCES cdrs (tenant, id)
);

CREATE TABLE tokens (
  tenant  TEXT COLLATE "C" NOT NULL,
  id      TEXT COLLATE "C" NOT NULL,
  name    TEXT NOT NULL,
  hash    BYTEA NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT,
  revoked BIGINT,
  PRIMARY KEY (tenant, id)
);

CREATE UNIQUE INDEX tokens_by_id ON tokens (id);
CREATE UNIQUE INDEX tokens_by_hash ON tokens (hash);

CREATE TABLE settings (
  key   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE requests (
  number      BIGINT PRIMARY KEY,
  key         TEXT COLLATE "C" NOT NULL UNIQUE,
  fingerprint BYTEA NOT NULL,
  begun       BIGINT NOT NULL,
  status      BIGINT,
  headers     TEXT NOT NULL,
  body        BYTEA NOT NULL
);

CREATE INDEX requests_by_time ON requests (begun);

-- The second wall. A transaction says what it sees: '=' and a tenant, or '*'. Without a word, or
-- with an empty one, it sees nothing. Forced, so that the owner is held as well.
DO $$
DECLARE
  walled TEXT;
BEGIN
  FOREACH walled IN ARRAY ARRAY['data_keys', 'documents', 'unique_keys', 'pointers', 'history',
                                'audit', 'feed', 'events', 'event_marks', 'cdrs',
                                'cdr_facets', 'tokens'] LOOP
    EXECUTE format('CREATE POLICY wall ON %I USING
      ((SELECT current_setting(''strowger.sight'', true)) IN (''*'', ''='' || tenant))', walled);
  END LOOP;
  -- the platform's own: no tenant's transaction has business there
  FOREACH walled IN ARRAY ARRAY['settings', 'requests'] LOOP
    EXECUTE format('CREATE POLICY wall ON %I USING
      ((SELECT current_setting(''strowger.sight'', true)) = ''*'')', walled);
  END LOOP;
  FOREACH walled IN ARRAY ARRAY['data_keys', 'documents', 'unique_keys', 'pointers', 'history',
                                'audit', 'feed', 'events', 'event_marks', 'cdrs',
                                'cdr_facets', 'tokens', 'settings',
                                'requests'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', walled);
  END LOOP;
END
$$;
