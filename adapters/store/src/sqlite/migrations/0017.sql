-- Version 17. Faxes that are yet to be sent are looked for every second, in whatever company they are.
CREATE INDEX faxes_open ON faxes (tenant, id) WHERE state IN ('queued', 'sending');
