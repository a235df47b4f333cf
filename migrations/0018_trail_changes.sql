-- What was created, changed or deleted is rare beside what was read: a search of the trail for it reads this, newest first, and not all lines.
create index audit_event_changes on audit_event (action, id desc) where action in ('C', 'U', 'D');
