-- Version 16. Faxes, each whole sealed under its tenant's data key for its id, and their documents in
-- pieces, each sealed for its own id, which is that of its fax and its number. Extension, state and
-- octets are copies of what is sealed.
CREATE TABLE faxes (
  tenant    TEXT NOT NULL,
  id        TEXT NOT NULL,
  extension TEXT NOT NULL,
  state     TEXT NOT NULL,
  octets    INTEGER NOT NULL,
  sealed    BLOB NOT NULL,
  PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX faxes_by_extension ON faxes (tenant, extension, id);

CREATE TABLE fax_pieces (
  tenant TEXT NOT NULL,
  id     TEXT NOT NULL,
  fax    TEXT NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, fax) REFERENCES faxes (tenant, id)
) STRICT;

CREATE INDEX fax_pieces_by_fax ON fax_pieces (tenant, fax, id);
