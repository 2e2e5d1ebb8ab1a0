-- Version 3. Accounts: the column `tenant` now holds whoever owns the row, which may also be a
-- reseller; what is the platform's own has the empty text, as before.

-- Who refers to what. A reference stays with its owner or goes up to an account, never to another
-- tenant.
CREATE TABLE pointers_3 (
  target_tenant TEXT NOT NULL,
  target_kind   TEXT NOT NULL,
  target        TEXT NOT NULL,
  tenant        TEXT NOT NULL,
  kind          TEXT NOT NULL,
  id            TEXT NOT NULL,
  field         TEXT NOT NULL,
  PRIMARY KEY (target_tenant, target_kind, target, tenant, kind, id, field),
  FOREIGN KEY (tenant, kind, id) REFERENCES documents (tenant, kind, id),
  FOREIGN KEY (target_tenant, target_kind, target) REFERENCES documents (tenant, kind, id),
  CHECK (target_tenant = tenant OR target_kind IN ('reseller', 'plan'))
) STRICT, WITHOUT ROWID;

INSERT INTO pointers_3 (target_tenant, target_kind, target, tenant, kind, id, field)
  SELECT tenant, target_kind, target, tenant, kind, id, field FROM pointers;
DROP TABLE pointers;
ALTER TABLE pointers_3 RENAME TO pointers;
CREATE INDEX pointers_by_document ON pointers (tenant, kind, id, target);

-- Ids and names that paths use without naming the owner.
CREATE UNIQUE INDEX accounts_by_id ON documents (id) WHERE kind IN ('reseller', 'plan');
CREATE UNIQUE INDEX resellers_by_name ON documents (name) WHERE kind = 'reseller';
