-- Audit: who saw or did what, about whom, and why. A line commits with what it describes. Append only.
create table audit_event (
  id bigint primary key,                            -- time-ordered
  at timestamptz not null,
  action "char" not null check (action in ('C', 'R', 'U', 'D', 'E')),
  what text not null,                               -- 'record-page', 'patient-search', 'fhir-read', 'sign-in', ...
  actor_kind text not null, actor_id text not null, actor_name text not null,
  role text, organisation text,
  purpose text not null,                            -- v3 ActReason: TREAT, ETREAT, PATRQT, HOPERAT, SYSADMIN
  outcome smallint not null,                        -- 0 success, 4 minor failure, 8 serious failure (FHIR R4 AuditEvent.outcome)
  person text,                                      -- whose record; null when it is about nobody
  detail jsonb not null default '{}',               -- ids and places only
  address text, request_id text);
create index audit_event_person on audit_event (person, id desc) where person is not null;
create index audit_event_actor on audit_event (actor_kind, actor_id, id desc);

-- Nobody changes or removes a line, its owner included. A superuser passes over grants, so the table also refuses by itself; by rules and
-- not by triggers, since distributed tables take none. Taking the rules off is a deed that the database's own log shows.
revoke update, delete, truncate on audit_event from public, current_user;
create function audit_event_stands() returns boolean language plpgsql as
  $$ begin raise exception 'audit_event is append only' using errcode = 'insufficient_privilege'; end $$;
create rule audit_event_no_update as on update to audit_event do instead select audit_event_stands();
create rule audit_event_no_delete as on delete to audit_event do instead select audit_event_stands();
