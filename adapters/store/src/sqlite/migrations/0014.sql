-- Version 14. Octets that belong to documents, such as a company's sounds: what is said about each,
-- and the octets in pieces. They go with their document.
CREATE TABLE blobs (
  tenant TEXT NOT NULL,
  kind   TEXT NOT NULL,
  id     TEXT NOT NULL,
  length INTEGER NOT NULL,
  about  TEXT NOT NULL,
  PRIMARY KEY (tenant, kind, id),
  FOREIGN KEY (tenant, kind, id) REFERENCES documents (tenant, kind, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE blob_pieces (
  tenant TEXT NOT NULL,
  kind   TEXT NOT NULL,
  id     TEXT NOT NULL,
  number INTEGER NOT NULL,
  octets BLOB NOT NULL,
  PRIMARY KEY (tenant, kind, id, number),
  FOREIGN KEY (tenant, kind, id) REFERENCES blobs (tenant, kind, id)
) STRICT;
