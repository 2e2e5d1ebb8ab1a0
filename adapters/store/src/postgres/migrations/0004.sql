-- Version 4. How people prove who they are; see the embedded database's migrations for the meaning.

CREATE TABLE credentials (
  tenant   TEXT COLLATE "C" NOT NULL,
  person   TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL,
  sealed   BYTEA NOT NULL,
  PRIMARY KEY (tenant, person)
);

CREATE TABLE logins (
  tenant TEXT COLLATE "C" NOT NULL,
  person TEXT COLLATE "C" NOT NULL,
  login  TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, person, login)
);

CREATE UNIQUE INDEX logins_by_id ON logins (login);
CREATE INDEX people_by_id ON documents (id) WHERE kind = 'user';
CREATE INDEX people_by_mail ON unique_keys (key) WHERE space = 'mail';

DO $$
DECLARE
  walled TEXT;
BEGIN
  FOREACH walled IN ARRAY ARRAY['credentials', 'logins'] LOOP
    EXECUTE format('CREATE POLICY wall ON %I USING
      ((SELECT current_setting(''strowger.sight'', true)) IN (''*'', ''='' || tenant))', walled);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', walled);
  END LOOP;
END
$$;
