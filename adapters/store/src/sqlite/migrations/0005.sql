-- Version 5. Deliveries to webhooks. Up to where in its tenant's log each webhook's were made:
CREATE TABLE webhook_places (
  tenant  TEXT NOT NULL,
  webhook TEXT NOT NULL,
  cursor  INTEGER NOT NULL,
  PRIMARY KEY (tenant, webhook)
) STRICT, WITHOUT ROWID;

CREATE TABLE deliveries (
  tenant   TEXT NOT NULL,
  webhook  TEXT NOT NULL,
  cursor   INTEGER NOT NULL,
  state    TEXT NOT NULL,
  delivery TEXT NOT NULL,
  PRIMARY KEY (tenant, webhook, cursor)
) STRICT, WITHOUT ROWID;

CREATE INDEX deliveries_by_state ON deliveries (tenant, webhook, state, cursor);
CREATE INDEX webhooks_by_tenant ON documents (tenant) WHERE kind = 'webhook';
