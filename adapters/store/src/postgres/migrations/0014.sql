-- Version 14. Faxes that are yet to be sent; see the embedded database's migrations for the meaning.
CREATE INDEX faxes_open ON faxes (tenant, id) WHERE state IN ('queued', 'sending');
