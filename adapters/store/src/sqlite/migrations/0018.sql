-- Version 18. Recordings of conferences are found by the conference: a copy of what is sealed.
ALTER TABLE recordings ADD COLUMN conference TEXT;

CREATE INDEX recordings_by_conference ON recordings (tenant, conference, id)
  WHERE conference IS NOT NULL;
