-- Version 19. How the calls of an hour sounded: of the whole, and of each site, model of telephone,
-- trunk and codec in it. Sums, of which averages and shares are made; `hour` is when it began, in
-- Unix milliseconds, and `worst` the lowest score of a leg.
CREATE TABLE quality_hours (
  tenant         TEXT NOT NULL,
  dimension      TEXT NOT NULL,
  hour           INTEGER NOT NULL,
  value          TEXT NOT NULL,
  worst          INTEGER,
  calls          INTEGER NOT NULL,
  legs           INTEGER NOT NULL,
  seconds        INTEGER NOT NULL,
  scored         INTEGER NOT NULL,
  mos            INTEGER NOT NULL,
  poor           INTEGER NOT NULL,
  expected       INTEGER NOT NULL,
  lost           INTEGER NOT NULL,
  jitter         INTEGER NOT NULL,
  jitter_seconds INTEGER NOT NULL,
  round_trip     INTEGER NOT NULL,
  trip_seconds   INTEGER NOT NULL,
  one_way        INTEGER NOT NULL,
  concealed      INTEGER NOT NULL,
  PRIMARY KEY (tenant, dimension, hour, value)
) STRICT, WITHOUT ROWID;

-- whoever owns a trunk sees what all companies together had of it
CREATE INDEX quality_hours_by_trunk ON quality_hours (value, hour) WHERE dimension = 'trunk';
