-- Version 7. How people prove who they are: one sealed record for each, and the logins by which a
-- token finds its person. A row whose tenant is empty and whose person begins with 'platform:' is
-- a secret of the platform itself.
CREATE TABLE credentials (
  tenant   TEXT NOT NULL,
  person   TEXT NOT NULL,
  revision INTEGER NOT NULL,
  sealed   BLOB NOT NULL,
  PRIMARY KEY (tenant, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE logins (
  tenant TEXT NOT NULL,
  person TEXT NOT NULL,
  login  TEXT NOT NULL,
  PRIMARY KEY (tenant, person, login)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX logins_by_id ON logins (login);
CREATE INDEX people_by_id ON documents (id) WHERE kind = 'user';
CREATE INDEX people_by_mail ON unique_keys (key) WHERE space = 'mail';
