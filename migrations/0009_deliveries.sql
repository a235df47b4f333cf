-- Deliveries: what was written here, on its way to the sources that accept it. A row commits with the fact that it carries, and is never removed.
-- pk is the compartment of our own source's Patient (see 0003): it moves with its person, and both tables are distributed by it.
create table delivery (
  pk bigint not null, id bigint not null,           -- time-ordered: deliveries of one compartment to one source go out in this order
  target text not null,                             -- the source that accepts it; no foreign key: the ledger outlives a source
  target_pk bigint not null,                        -- which of the target's Patients this person was when it was written
  fact_type text not null, fact_id text collate "C" not null, fact_version integer not null,
  kind text not null check (kind in ('observation', 'allergy', 'problem', 'note')),
  action text not null check (action in ('add', 'change', 'withdraw')),
  written_at timestamptz not null, written_by text not null,
  control_id text not null,                         -- the receiver's means to know it again: MSH-10, X-Request-Id
  fact text not null,                               -- the version of the fact that is told, as it was committed with this row
  request bytea,                                    -- the bytes of the first attempt: every later one sends the same
  status text not null default 'waiting' check (status in ('waiting', 'accepted', 'refused', 'cancelled')),
  attempts integer not null default 0,
  next_at timestamptz not null,                     -- not before; while an attempt is under way: when it counts as lost
  tried_at timestamptz, settled_at timestamptz,
  said text,                                        -- what the receiver answered, or why there was no answer
  primary key (pk, id));
create index delivery_due on delivery (next_at) where status = 'waiting';
create index delivery_target on delivery (target, id desc);
create index delivery_open on delivery (target, status) where status in ('waiting', 'refused');
create unique index delivery_control on delivery (control_id, pk);

create table delivery_event (                       -- the ledger: everything that was done with a delivery, and by whom
  pk bigint not null, delivery_id bigint not null, seq integer not null,
  at timestamptz not null,
  what text not null check (what in ('queued', 'attempt', 'accepted', 'refused', 'no-answer', 'retry', 'cancelled', 'confirmed')),
  by_whom text,                                     -- a member of staff; null: the sender itself
  said text,
  primary key (pk, delivery_id, seq));
