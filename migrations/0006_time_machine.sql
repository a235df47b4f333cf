-- The time machine asks which messages waited at a past moment. What waits now is found by message_waiting; this finds what has been put
-- right since: messages that took longer than a minute to settle, which are few.
create index message_mended on message (source, received_at) where settled_at - received_at > interval '1 minute';
