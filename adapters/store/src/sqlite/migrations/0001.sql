-- Version 1. Ids are their texts, times are Unix milliseconds, specs and records are JSON.
-- Keys begin with the tenant; what is the platform's own has the empty text in its place.

-- Each tenant's key, sealed by the master key. The platform's own proves which master key.
CREATE TABLE data_keys (
  tenant TEXT NOT NULL PRIMARY KEY,
  sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE documents (
  tenant   TEXT NOT NULL REFERENCES data_keys (tenant),
  kind     TEXT NOT NULL,
  id       TEXT NOT NULL,
  revision INTEGER NOT NULL,
  name     TEXT NOT NULL,
  spec     TEXT NOT NULL,
  created  INTEGER NOT NULL,
  updated  INTEGER NOT NULL,
  digests  BLOB, -- sealed under the tenant's key for this place
  PRIMARY KEY (tenant, kind, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX documents_by_name ON documents (tenant, kind, name);
CREATE UNIQUE INDEX tenants_by_id ON documents (id) WHERE kind = 'tenant';
CREATE UNIQUE INDEX tenants_by_name ON documents (name) WHERE kind = 'tenant';

CREATE TABLE unique_keys (
  tenant   TEXT NOT NULL,
  space    TEXT NOT NULL,
  key      TEXT NOT NULL,
  platform INTEGER NOT NULL, -- 1: taken once on the whole platform
  kind     TEXT NOT NULL,
  id       TEXT NOT NULL,
  PRIMARY KEY (tenant, space, key),
  FOREIGN KEY (tenant, kind, id) REFERENCES documents (tenant, kind, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX platform_keys ON unique_keys (space, key) WHERE platform = 1;
CREATE INDEX unique_keys_by_document ON unique_keys (tenant, kind, id);

-- Who refers to what, always inside one tenant.
CREATE TABLE pointers (
  tenant      TEXT NOT NULL,
  target      TEXT NOT NULL,
  target_kind TEXT NOT NULL,
  kind        TEXT NOT NULL,
  id          TEXT NOT NULL,
  field       TEXT NOT NULL,
  PRIMARY KEY (tenant, target, target_kind, kind, id, field),
  FOREIGN KEY (tenant, kind, id) REFERENCES documents (tenant, kind, id),
  FOREIGN KEY (tenant, target_kind, target) REFERENCES documents (tenant, kind, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX pointers_by_document ON pointers (tenant, kind, id, target);

CREATE TABLE history (
  tenant   TEXT NOT NULL,
  kind     TEXT NOT NULL,
  id       TEXT NOT NULL,
  number   INTEGER NOT NULL, -- grows also when an id is used again
  revision INTEGER NOT NULL,
  change   TEXT NOT NULL,
  at       INTEGER NOT NULL,
  actor    TEXT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (tenant, kind, id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  tenant  TEXT NOT NULL,
  id      TEXT NOT NULL,
  at      INTEGER NOT NULL,
  actor   TEXT NOT NULL,
  action  TEXT NOT NULL,
  target  TEXT NOT NULL,
  before  TEXT,
  after   TEXT,
  request TEXT NOT NULL,
  PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

-- One sequence over all tenants: its key is the place in it.
CREATE TABLE feed (
  cursor   INTEGER PRIMARY KEY,
  tenant   TEXT NOT NULL,
  kind     TEXT NOT NULL,
  id       TEXT NOT NULL,
  revision INTEGER NOT NULL,
  change   TEXT NOT NULL
) STRICT;

CREATE TABLE cdrs (
  tenant  TEXT NOT NULL,
  id      TEXT NOT NULL,
  started INTEGER NOT NULL,
  record  TEXT NOT NULL,
  PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX cdrs_by_start ON cdrs (tenant, started, id);

-- What call records are searched by: the call, the extensions and the numbers in them.
CREATE TABLE cdr_facets (
  tenant  TEXT NOT NULL,
  facet   TEXT NOT NULL,
  value   TEXT NOT NULL,
  started INTEGER NOT NULL,
  id      TEXT NOT NULL,
  PRIMARY KEY (tenant, facet, value, started, id),
  FOREIGN KEY (tenant, id) REFERENCES cdrs (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
  tenant  TEXT NOT NULL,
  id      TEXT NOT NULL,
  name    TEXT NOT NULL,
  hash    BLOB NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER,
  revoked INTEGER,
  PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX tokens_by_id ON tokens (id);
CREATE UNIQUE INDEX tokens_by_hash ON tokens (hash);

CREATE TABLE settings (
  key   TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Idempotent requests, numbered as they came. The key contains who asks.
CREATE TABLE requests (
  number      INTEGER PRIMARY KEY,
  key         TEXT NOT NULL UNIQUE,
  fingerprint BLOB NOT NULL,
  begun       INTEGER NOT NULL,
  status      INTEGER, -- missing while it is being carried out
  headers     TEXT NOT NULL,
  body        BLOB NOT NULL
) STRICT;

CREATE INDEX requests_by_time ON requests (begun);
