-- What happened in each tenant, numbered from 1, for its programs to follow. `turn` is the place
-- in one sequence over all tenants.
CREATE TABLE events (
  tenant TEXT NOT NULL,
  cursor INTEGER NOT NULL,
  turn   INTEGER NOT NULL,
  id     TEXT NOT NULL,
  at     INTEGER NOT NULL,
  event  TEXT NOT NULL,
  PRIMARY KEY (tenant, cursor)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX events_by_id ON events (tenant, id);
CREATE UNIQUE INDEX events_by_turn ON events (turn);

-- The latest number of each tenant's log; that of all turns has the empty text for a tenant.
CREATE TABLE event_marks (
  tenant TEXT NOT NULL PRIMARY KEY,
  latest INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
