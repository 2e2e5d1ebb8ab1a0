-- Version 4. The cursor of the feed's latest entry stands by itself, in one row.
CREATE TABLE feed_end (latest INTEGER NOT NULL) STRICT;
INSERT INTO feed_end SELECT COALESCE(MAX(cursor), 0) FROM feed;
