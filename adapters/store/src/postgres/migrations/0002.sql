-- Version 2. Deliveries to webhooks; see the embedded database's migrations for their meaning.

CREATE TABLE webhook_places (
  tenant  TEXT COLLATE "C" NOT NULL,
  webhook TEXT COLLATE "C" NOT NULL,
  cursor  BIGINT NOT NULL,
  PRIMARY KEY (tenant, webhook)
);

CREATE TABLE deliveries (
  tenant   TEXT COLLATE "C" NOT NULL,
  webhook  TEXT COLLATE "C" NOT NULL,
  cursor   BIGINT NOT NULL,
  state    TEXT COLLATE "C" NOT NULL,
  delivery TEXT NOT NULL,
  PRIMARY KEY (tenant, webhook, cursor)
);

CREATE INDEX deliveries_by_state ON deliveries (tenant, webhook, state, cursor);
CREATE INDEX webhooks_by_tenant ON documents (tenant) WHERE kind = 'webhook';

DO $$
DECLARE
  walled TEXT;
BEGIN
  FOREACH walled IN ARRAY ARRAY['webhook_places', 'deliveries'] LOOP
    EXECUTE format('CREATE POLICY wall ON %I USING
      ((SELECT current_setting(''strowger.sight'', true)) IN (''*'', ''='' || tenant))', walled);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', walled);
  END LOOP;
END
$$;
