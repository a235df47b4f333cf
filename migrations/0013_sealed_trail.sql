-- The trail by months, and its seal: a Merkle tree over all lines (RFC 6962) with signed checkpoints. docs/security/audit-trail.md says how it
-- is proven. Ids are time-ordered (milliseconds << 20), so a month is a range of ids: the key stays unique over all months, paging by id reads
-- the newest month first, and a month that may go is one table.
alter table audit_event rename to audit_event_before;
alter table audit_event_before rename constraint audit_event_pkey to audit_event_before_pkey;
alter index audit_event_person rename to audit_event_before_person;
alter index audit_event_actor rename to audit_event_before_actor;

create table audit_event (
  id bigint primary key,                            -- time-ordered
  at timestamptz not null,
  action "char" not null check (action in ('C', 'R', 'U', 'D', 'E')),
  what text not null,                               -- docs/security/audit-lines.md lists every kind
  actor_kind text not null, actor_id text not null, actor_name text not null,
  role text, organisation text,
  purpose text not null,                            -- v3 ActReason: TREAT, ETREAT, PATRQT, HOPERAT, SYSADMIN
  outcome smallint not null,                        -- 0 success, 4 minor failure, 8 serious failure (FHIR R4 AuditEvent.outcome)
  person text,                                      -- whose record; null when it is about nobody
  detail json not null default '{}',                -- ids and places only; json and not jsonb: the seal is over the text as it was written
  address text, request_id text,
  xid xid8 not null default pg_current_xact_id()    -- which transaction wrote it: how the sealer knows what it has not seen. Not sealed itself
) partition by range (id);
create index audit_event_person on audit_event (person, id desc) where person is not null;
create index audit_event_actor on audit_event (actor_kind, actor_id, id desc);
create index audit_event_what on audit_event (what, id desc);
create index audit_event_organisation on audit_event (organisation, id desc) where organisation is not null;
create index audit_event_refused on audit_event (id desc) where outcome <> 0;
create index audit_event_xid on audit_event (xid);

-- Nobody changes or removes a line, its owner included: by grant, by rule (which also stops a superuser, and which distributed tables take),
-- and TRUNCATE by trigger, since no rule covers it. A superuser who first drops these is found by `throughline audit verify`.
create function audit_event_stays() returns trigger language plpgsql as
  $$ begin raise exception '% is append only', tg_table_name using errcode = 'insufficient_privilege'; end $$;
create function audit_guard(guarded regclass) returns void language plpgsql as $$
begin
  execute format('revoke update, delete, truncate on %s from public, current_user', guarded);
  execute format('create rule audit_no_update as on update to %s do instead select audit_event_stands()', guarded);
  execute format('create rule audit_no_delete as on delete to %s do instead select audit_event_stands()', guarded);
  execute format('create trigger audit_no_truncate before truncate on %s for each statement execute function audit_event_stays()', guarded);
end $$;

-- Makes the table of one month (its first day, UTC). Attached only when it is whole, so that writers do not wait. @returns whether it was new
create function audit_make_month(first date) returns boolean language plpgsql as $$
declare
  month text := 'audit_event_' || to_char(first, 'YYYY_MM');
  id_first bigint := (extract(epoch from first::timestamp) * 1000)::bigint << 20;
  id_next bigint := (extract(epoch from first + interval '1 month') * 1000)::bigint << 20;
begin
  if to_regclass(month) is not null then return false; end if;
  execute format('create table %I (like audit_event including all, check (id >= %s and id < %s))', month, id_first, id_next);
  execute format('select audit_guard(%L)', month);
  execute format('alter table audit_event attach partition %I for values from (%s) to (%s)', month, id_first, id_next);
  return true;
end $$;

-- Lines of a month that has no table: the program makes months ahead, so this stays empty unless a clock is wrong.
create table audit_event_other partition of audit_event default;
select audit_guard('audit_event'), audit_guard('audit_event_other');
select audit_make_month(month::date)
  from generate_series(
    coalesce((select date_trunc('month', min(at) at time zone 'UTC') from audit_event_before), date_trunc('month', now() at time zone 'UTC')),
    date_trunc('month', now() at time zone 'UTC') + interval '3 months', interval '1 month') month;

insert into audit_event (id, at, action, what, actor_kind, actor_id, actor_name, role, organisation, purpose, outcome, person, detail, address, request_id)
select id, at, action, what, actor_kind, actor_id, actor_name, role, organisation, purpose, outcome, person, detail::text::json, address, request_id
  from audit_event_before order by id;
drop table audit_event_before;

-- Every line in the order in which it was sealed: 40 bytes each, its id and its leaf hash.
create table audit_leaf (
  first bigint primary key,                         -- the place of its first line, from 0
  leaves bytea not null,
  id_min bigint not null, id_max bigint not null,
  check (length(leaves) > 0 and length(leaves) % 40 = 0));
alter table audit_leaf alter leaves set storage external;
create index audit_leaf_ids on audit_leaf (id_max, id_min);

-- Complete subtrees of 2^level lines, from level 12 on: what makes a proof short work.
create table audit_node (level smallint not null, place bigint not null, hash bytea not null, primary key (level, place));

create table audit_checkpoint (                     -- one for each time of sealing
  size bigint primary key,                          -- lines sealed
  root bytea not null,                              -- RFC 6962 Merkle tree hash of them
  at timestamptz not null,
  note text not null,                               -- what is signed, with its signature (C2SP signed note)
  frontier bytea not null,                          -- the complete subtrees that make the root, 32 bytes each, largest first
  late integer not null);                           -- lines sealed more than 10 seconds after their own time

create table audit_sealer (                         -- where the sealer goes on: no part of the proof, and the only row here that changes
  one boolean primary key default true check (one),
  seen pg_snapshot,                                 -- transactions whose lines are sealed; null before the first backlog was sealed whole
  pending pg_snapshot, upto bigint,                 -- a large backlog is sealed in parts: the rest of what `pending` sees, after this id
  restored bigint);                                 -- after a restore into another cluster: lines up to this id are looked up one by one

create table audit_retired (                        -- months that were exported and dropped by the retention rules: their proof stays
  id_first bigint primary key, id_next bigint not null,
  lines bigint not null, digest text not null,      -- SHA-256 of the exported file
  line bigint not null,                             -- the line of the trail that says so
  at timestamptz not null);
select audit_guard('audit_leaf'), audit_guard('audit_node'), audit_guard('audit_checkpoint'), audit_guard('audit_retired');
