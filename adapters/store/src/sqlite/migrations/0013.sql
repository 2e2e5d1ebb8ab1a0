-- Version 13. The certificates of signing keys are published by their ids alone.
CREATE UNIQUE INDEX signing_keys_by_id ON documents (id) WHERE kind = 'signing_key';
