-- Version 8. API keys with less than their owner has, with a former text that is good for a while
-- yet, and with the time of their last use. Scopes are patterns with spaces between them; none
-- means all that the owner has.
ALTER TABLE tokens ADD COLUMN scopes TEXT NOT NULL DEFAULT '';
ALTER TABLE tokens ADD COLUMN former BLOB;
ALTER TABLE tokens ADD COLUMN former_until INTEGER;
ALTER TABLE tokens ADD COLUMN used INTEGER;

CREATE UNIQUE INDEX tokens_by_former ON tokens (former);
