-- Lists of people. list_member is derived from facts by the worklist's follower: a row for each place that one fact gives one compartment.
-- It can be emptied and made again from nothing, with follow_cursor. kept_list is what people put together themselves.
create table list_member (
  pk bigint not null, ty smallint not null, id text collate "C" not null,  -- the fact that says so
  list text collate "C" not null,                   -- 'ward|<organisation>|<ward>', 'practice|<organisation>', 'staff|<system>|<code>'
  sort text collate "C" not null,
  since timestamptz, place text not null,           -- in this bed since
  primary key (pk, ty, id, list));
create index list_member_page on list_member (list, sort, pk);

create table kept_list (                            -- a caseload of one member of staff, or a list that a team shares
  id text collate "C" primary key,
  kind text not null check (kind in ('caseload', 'team')),
  name text not null,
  organisation text collate "C" not null,
  owner text collate "C",                           -- whose caseload; null: a team's
  roles text[] not null,                            -- who of the organisation shares it
  made_by_name text not null, made_at timestamptz not null,
  ended_at timestamptz);
create index kept_list_organisation on kept_list (organisation, name) where ended_at is null;
create unique index kept_list_caseload on kept_list (id, owner) where kind = 'caseload';

create table kept_list_member (                     -- who is or was on it: nothing is taken away, it ends
  list text collate "C" not null, person text collate "C" not null, seq integer not null,
  sort text collate "C" not null,
  added_at timestamptz not null, added_by text not null, note text not null,
  removed_at timestamptz, removed_by text,
  primary key (list, person, seq));
create index kept_list_member_page on kept_list_member (list, sort, person) where removed_at is null;
