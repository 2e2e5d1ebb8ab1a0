-- Version 15. Recordings of conferences; see the embedded database's migrations for the meaning.
ALTER TABLE recordings ADD COLUMN conference TEXT COLLATE "C";

CREATE INDEX recordings_by_conference ON recordings (tenant, conference, id)
  WHERE conference IS NOT NULL;
