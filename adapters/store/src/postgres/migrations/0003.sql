-- Version 3. Support accesses; see the embedded database's migrations for their meaning.

CREATE TABLE support_policies (
  tenant TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  policy TEXT NOT NULL
);

CREATE TABLE support_accesses (
  tenant TEXT COLLATE "C" NOT NULL,
  id     TEXT COLLATE "C" NOT NULL,
  actor  TEXT COLLATE "C" NOT NULL,
  access TEXT NOT NULL,
  PRIMARY KEY (tenant, id)
);

CREATE INDEX support_by_actor ON support_accesses (tenant, actor, id);

DO $$
DECLARE
  walled TEXT;
BEGIN
  FOREACH walled IN ARRAY ARRAY['support_policies', 'support_accesses'] LOOP
    EXECUTE format('CREATE POLICY wall ON %I USING
      ((SELECT current_setting(''strowger.sight'', true)) IN (''*'', ''='' || tenant))', walled);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', walled);
  END LOOP;
END
$$;
