-- Version 11. Accounts refer to tenants below them: a trunk is shared with them, a number is assigned
-- to one. Tenants refer to trunks of accounts above them. A tenant still never refers to another's.

CREATE TABLE pointers_11 (
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
  CHECK (target_tenant = tenant OR target_kind IN ('reseller', 'plan')
         OR (target_kind = 'tenant' AND substr(tenant, 1, 4) <> 'ten_')
         OR (target_kind = 'trunk' AND substr(target_tenant, 1, 4) <> 'ten_'))
) STRICT, WITHOUT ROWID;

INSERT INTO pointers_11 (target_tenant, target_kind, target, tenant, kind, id, field)
  SELECT target_tenant, target_kind, target, tenant, kind, id, field FROM pointers;
DROP TABLE pointers;
ALTER TABLE pointers_11 RENAME TO pointers;
CREATE INDEX pointers_by_document ON pointers (tenant, kind, id, target);

-- Ids by which documents are found without naming the owner.
CREATE UNIQUE INDEX trunks_by_id ON documents (id) WHERE kind = 'trunk';
CREATE UNIQUE INDEX numbers_by_id ON documents (id) WHERE kind = 'number';
