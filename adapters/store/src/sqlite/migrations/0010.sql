-- Version 10. The SIP messages of calls whose tenants keep them, each ladder sealed under its
-- tenant's data key. It lives no longer than its record.
CREATE TABLE ladders (
  tenant TEXT NOT NULL,
  cdr    TEXT NOT NULL,
  call   TEXT NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (tenant, cdr),
  FOREIGN KEY (tenant, cdr) REFERENCES cdrs (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX ladders_by_call ON ladders (tenant, call);
