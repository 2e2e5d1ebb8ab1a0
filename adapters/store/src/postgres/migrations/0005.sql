-- Version 5. API keys with less than their owner has, with a former text that is good for a while
-- yet, and with the time of their last use; see the embedded database's migrations for the meaning.

ALTER TABLE tokens ADD COLUMN scopes TEXT NOT NULL DEFAULT '';
ALTER TABLE tokens ADD COLUMN former BYTEA;
ALTER TABLE tokens ADD COLUMN former_until BIGINT;
ALTER TABLE tokens ADD COLUMN used BIGINT;

CREATE UNIQUE INDEX tokens_by_former ON tokens (former);
