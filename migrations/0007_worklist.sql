-- Worklist: what waits for a human, whose it is, and what became of it. Derived rows (result_item) are made from the store's facts by a
-- follower that reads the change feed, outside the transactions of feeds; they can be made again from nothing, what people said cannot.
-- No foreign key spans people: result_item and result_ack lie by pk, task by person, as the store and identity do.
create table follow_cursor (                        -- how far the follower has read the changes of one resource type
  type text collate "C" primary key,
  head_at timestamptz not null, head_rid bigint not null,
  tail_at timestamptz not null);                    -- all that was saved before this is taken in: no transaction of then is still open

create table colleague (                            -- who works here: noted at sign-in; who does not come any more owns nothing
  id text collate "C" primary key,
  name text not null, role text not null,
  organisation text collate "C" not null, organisation_name text not null,
  codes text[] not null default '{}',               -- professional codes, '<system>|<value>', as facts name the same person
  seen_at timestamptz not null);
create index colleague_organisation on colleague (organisation, role);
create index colleague_codes on colleague using gin (codes);

create table result_item (                          -- one report of one source that needs someone, as it says now
  pk bigint not null, id text collate "C" not null, -- the compartment and the id of the DiagnosticReport
  item text collate "C" not null,                   -- opaque: in the addresses of pages
  rid bigint not null,                              -- the version last read
  content text collate "C" not null,                -- digest of what it says: another needs acknowledging again
  results text[] not null,                          -- ids of its Observations
  title text not null, status text not null,
  gravity smallint not null,                        -- 2 critical, 1 abnormal, 0 no flag
  source text not null,
  sender text collate "C" not null,                 -- organisation that sent it
  home text collate "C" not null,                   -- organisation whose work it is; of what nobody owns, the sender
  owner text collate "C",                           -- colleague; null: everyone at home
  requester text not null,                          -- as the facts name them; '' when they do not
  unowned boolean not null,                         -- no fact says whose it is
  owner_left boolean not null default false,
  amended boolean not null default false,           -- says something else than when it was acknowledged before
  raised_at timestamptz not null, due_at timestamptz not null,
  ack text collate "C",                             -- result_ack.id; null: waits
  primary key (pk, id));
create index result_item_item on result_item (item);
create index result_item_open on result_item (home, gravity, due_at) where ack is null;
create index result_item_owner on result_item (owner) where ack is null and owner is not null;

create table result_ack (                           -- append only, but for its undoing
  id text collate "C" primary key,
  pk bigint not null, report text collate "C" not null, item text collate "C" not null,
  rid bigint not null, content text not null, results text[] not null,
  by_id text not null, by_name text not null, by_role text not null, by_organisation text not null,
  at timestamptz not null,
  action text not null check (action in ('noted', 'told-patient', 'task', 'other', 'withdrawn')),
  note text not null,
  undone_at timestamptz, undone_by text, undo_reason text);
create index result_ack_report on result_ack (pk, report);

create table task (
  id text collate "C" primary key,
  person text collate "C" not null,                 -- as it was when the task was made: follow person.merged_into
  title text not null, detail text not null,
  home text collate "C" not null,                   -- organisation
  owner_kind text not null check (owner_kind in ('staff', 'team', 'role')),
  owner text collate "C" not null,                  -- colleague, team list or role
  owner_name text not null,
  owner_left boolean not null default false,
  due_on date, due_at timestamptz not null,         -- without a day it is due in a week
  made_by text not null, made_by_name text not null, made_at timestamptz not null,
  done_at timestamptz, done_by text,
  version integer not null default 1);
create index task_open on task (home, due_at) where done_at is null;
create index task_owner on task (owner, due_at) where done_at is null;
create index task_person on task (person, made_at desc);

create table task_event (                           -- append only: who did what to a task, and why
  task text collate "C" not null, version integer not null,
  at timestamptz not null, by_id text not null, by_name text not null,
  what text not null check (what in ('made', 'handed-over', 'done', 'reopened')),
  note text not null,
  primary key (task, version));
