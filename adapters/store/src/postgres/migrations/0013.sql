-- Version 13. Faxes and their documents; see the embedded database's migrations for the meaning.

CREATE TABLE faxes (
  tenant    TEXT COLLATE "C" NOT NULL,
  id        TEXT COLLATE "C" NOT NULL,
  extension TEXT COLLATE "C" NOT NULL,
  state     TEXT COLLATE "C" NOT NULL,
  octets    BIGINT NOT NULL,
  sealed    BYTEA NOT NULL,
  PRIMARY KEY (tenant, id)
);

CREATE INDEX faxes_by_extension ON faxes (tenant, extension, id);

CREATE TABLE fax_pieces (
  tenant TEXT COLLATE "C" NOT NULL,
  id     TEXT COLLATE "C" NOT NULL,
  fax    TEXT COLLATE "C" NOT NULL,
  sealed BYTEA NOT NULL,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, fax) REFERENCES faxes (tenant, id)
);

CREATE INDEX fax_pieces_by_fax ON fax_pieces (tenant, fax, id);

-- what is sealed is as good as random to a compressor
ALTER TABLE fax_pieces ALTER COLUMN sealed SET STORAGE EXTERNAL;

CREATE POLICY wall ON faxes USING
  ((SELECT current_setting('strowger.sight', true)) IN ('*', '=' || tenant));
ALTER TABLE faxes ENABLE ROW LEVEL SECURITY;
ALTER TABLE faxes FORCE ROW LEVEL SECURITY;

CREATE POLICY wall ON fax_pieces USING
  ((SELECT current_setting('strowger.sight', true)) IN ('*', '=' || tenant));
ALTER TABLE fax_pieces ENABLE ROW LEVEL SECURITY;
ALTER TABLE fax_pieces FORCE ROW LEVEL SECURITY;
