-- Version 6. Whether those above a tenant may enter it, as JSON, and who has:
CREATE TABLE support_policies (
  tenant TEXT NOT NULL PRIMARY KEY,
  policy TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE support_accesses (
  tenant TEXT NOT NULL,
  id     TEXT NOT NULL,
  actor  TEXT NOT NULL,
  access TEXT NOT NULL,
  PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX support_by_actor ON support_accesses (tenant, actor, id);
