-- Feeds: who speaks to us, every message they sent, kept whole before it is understood, and what became of it.
create table source (
  id text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null,
  kind text not null,
  organisation_code text not null, organisation_name text not null,
  formats text[] not null,
  namespace text not null,                          -- from which this source's resource ids are made; never changes
  settings jsonb not null default '{}',
  created_at timestamptz not null, updated_at timestamptz not null);

create table message (
  id bigint primary key,                            -- time-ordered, made by the application: the order of arrival
  source text not null references source (id),
  parent_id bigint,                                 -- the file or batch that this message was cut from
  format text not null,
  kind text not null,                               -- 'ADT^A01', 'transaction', 'row': as far as the envelope tells
  control_id text not null,                         -- '' where the format has none
  order_key text not null,                          -- messages with one key are applied in the order they came
  digest bytea not null,                            -- SHA-256 of the body
  body bytea not null,
  received_at timestamptz not null,
  receipts integer not null default 1,              -- how many times the very same message came
  last_received_at timestamptz not null,
  status text not null default 'kept' check (status in ('kept', 'applied', 'failed', 'held', 'divided', 'set-aside')),
                                                    -- kept: in the queue; held: same control id, other content; divided: see its parts
  settled_at timestamptz,
  issues jsonb,                                     -- why it waits: [{place, message, remedy}]
  -- Led by the control id, which is nearly unique by itself: one look finds what else came under it.
  unique (control_id, source, digest));
create index message_waiting on message (id) where status in ('kept', 'failed', 'held');
create index message_feed on message (source, id desc);
create index message_parent on message (parent_id) where parent_id is not null;

create table message_translation (                  -- lineage: what each field of a message became, and what stays only in the original
  message_id bigint primary key references message (id),
  content integer not null, mapped integer not null,
  leftovers text not null,                          -- JSON: places that no rule used
  lineage text not null,                            -- JSON: [{type, id, ver, entries: [[to, from, rule]]}]
  notes text not null,                              -- JSON: warnings, and facts not applied because a newer one is held
  translated_at timestamptz not null,
  check (mapped <= content));

-- Messages from senders that nobody declared: kept, and waiting for their source to be declared.
insert into source (id, name, kind, organisation_code, organisation_name, formats, namespace, created_at, updated_at)
values ('unrecognised', 'Senders not recognised', 'other', '', 'Not known', '{hl7v2}', 'unrecognised', now(), now());
