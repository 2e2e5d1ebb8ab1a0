-- Version 8. Accounts refer to tenants below them, and tenants to trunks of accounts above them; see
-- the embedded database's migrations. A tenant still never refers to another's.

ALTER TABLE pointers DROP CONSTRAINT pointers_check;
ALTER TABLE pointers ADD CONSTRAINT pointers_check
  CHECK (target_tenant = tenant OR target_kind IN ('reseller', 'plan')
         OR (target_kind = 'tenant' AND substr(tenant, 1, 4) <> 'ten_')
         OR (target_kind = 'trunk' AND substr(target_tenant, 1, 4) <> 'ten_'));

CREATE UNIQUE INDEX trunks_by_id ON documents (id) WHERE kind = 'trunk';
CREATE UNIQUE INDEX numbers_by_id ON documents (id) WHERE kind = 'number';
