-- Version 7. The SIP messages of calls whose tenants keep them; see the embedded database's
-- migrations for the meaning.

CREATE TABLE ladders (
  tenant TEXT COLLATE "C" NOT NULL,
  cdr    TEXT COLLATE "C" NOT NULL,
  call   TEXT COLLATE "C" NOT NULL,
  sealed BYTEA NOT NULL,
  PRIMARY KEY (tenant, cdr),
  FOREIGN KEY (tenant, cdr) REFERENCES cdrs (tenant, id)
);

CREATE INDEX ladders_by_call ON ladders (tenant, call);

CREATE POLICY wall ON ladders USING
  ((SELECT current_setting('strowger.sight', true)) IN ('*', '=' || tenant));
ALTER TABLE ladders ENABLE ROW LEVEL SECURITY;
ALTER TABLE ladders FORCE ROW LEVEL SECURITY;
