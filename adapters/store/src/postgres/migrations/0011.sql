-- Version 11. Octets that belong to documents, such as a company's sounds; see the embedded
-- database's migrations for the meaning.

CREATE TABLE blobs (
  tenant TEXT COLLATE "C" NOT NULL,
  kind   TEXT COLLATE "C" NOT NULL,
  id     TEXT COLLATE "C" NOT NULL,
  length BIGINT NOT NULL,
  about  TEXT NOT NULL,
  PRIMARY KEY (tenant, kind, id),
  FOREIGN KEY (tenant, kind, id) REFERENCES documents (tenant, kind, id)
);

CREATE TABLE blob_pieces (
  tenant TEXT COLLATE "C" NOT NULL,
  kind   TEXT COLLATE "C" NOT NULL,
  id     TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL,
  octets BYTEA NOT NULL,
  PRIMARY KEY (tenant, kind, id, number),
  FOREIGN KEY (tenant, kind, id) REFERENCES blobs (tenant, kind, id)
);

-- recordings are as good as random to a compressor
ALTER TABLE blob_pieces ALTER COLUMN octets SET STORAGE EXTERNAL;

CREATE POLICY wall ON blobs USING
  ((SELECT current_setting('strowger.sight', true)) IN ('*', '=' || tenant));
ALTER TABLE blobs ENABLE ROW LEVEL SECURITY;
ALTER TABLE blobs FORCE ROW LEVEL SECURITY;

CREATE POLICY wall ON blob_pieces USING
  ((SELECT current_setting('strowger.sight', true)) IN ('*', '=' || tenant));
ALTER TABLE blob_pieces ENABLE ROW LEVEL SECURITY;
ALTER TABLE blob_pieces FORCE ROW LEVEL SECURITY;
