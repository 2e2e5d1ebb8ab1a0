-- Version 10. The certificates of signing keys are published by their ids alone; see the embedded
-- database's migrations.
CREATE UNIQUE INDEX signing_keys_by_id ON documents (id) WHERE kind = 'signing_key';
