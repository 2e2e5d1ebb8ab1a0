-- Version 16. How the calls of an hour sounded; see the embedded database's migrations for the
-- meaning.
CREATE TABLE quality_hours (
  tenant         TEXT COLLATE "C" NOT NULL,
  dimension      TEXT COLLATE "C" NOT NULL,
  hour           BIGINT NOT NULL,
  value          TEXT COLLATE "C" NOT NULL,
  worst          BIGINT,
  calls          BIGINT NOT NULL,
  legs           BIGINT NOT NULL,
  seconds        BIGINT NOT NULL,
  scored         BIGINT NOT NULL,
  mos            BIGINT NOT NULL,
  poor           BIGINT NOT NULL,
  expected       BIGINT NOT NULL,
  lost           BIGINT NOT NULL,
  jitter         BIGINT NOT NULL,
  jitter_seconds BIGINT NOT NULL,
  round_trip     BIGINT NOT NULL,
  trip_seconds   BIGINT NOT NULL,
  one_way        BIGINT NOT NULL,
  concealed      BIGINT NOT NULL,
  PRIMARY KEY (tenant, dimension, hour, value)
);

CREATE INDEX quality_hours_by_trunk ON quality_hours (value, hour) WHERE dimension = 'trunk';

CREATE POLICY wall ON quality_hours USING
  ((SELECT current_setting('strowger.sight', true)) IN ('*', '=' || tenant));
ALTER TABLE quality_hours ENABLE ROW LEVEL SECURITY;
ALTER TABLE quality_hours FORCE ROW LEVEL SECURITY;
