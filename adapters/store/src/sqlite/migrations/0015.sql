-- Version 15. What is known of recordings of calls, each whole sealed under its tenant's data key for
-- its id, with the key of its sound in it. The sound lies elsewhere. Call and state are copies of
-- what is sealed.
CREATE TABLE recordings (
  tenant TEXT NOT NULL,
  id     TEXT NOT NULL,
  call   TEXT NOT NULL,
  state  TEXT NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX recordings_by_call ON recordings (tenant, call, id);

-- An exchange that starts looks for those of all tenants.
CREATE INDEX recordings_running ON recordings (id) WHERE state = 'running';
