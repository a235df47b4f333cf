-- The store: what every source says, version by version (docs/decisions, storage measurements in docs/measurements.md).
-- pk      key of one source's Patient compartment, hash64('Patient/<id>'); a resource about nobody has hash64('<Type>/<id>').
--         A person is a set of compartments (person_link): linking and unlinking people never moves a fact.
-- ty      small integer per resource type (src/store/types.ts); rid  time-ordered id of one version, made by the application
-- tokens  64-bit hashes of selective search values; flags  the same for values that very many resources share: not indexed
create table resource (
  pk bigint not null, ty smallint not null, id text collate "C" not null,
  rid bigint not null, ver integer not null, deleted boolean not null default false,
  lu timestamptz not null,                          -- saved at
  as_of timestamptz,                                -- when its source says this was so; an older message never overwrites a newer
  d timestamptz not null, d_hi timestamptz not null, -- the clinical date, as a range, end exclusive; none: -infinity, so that it sorts last
  tokens bigint[] not null default '{}', flags bigint[] not null default '{}');
create unique index resource_id on resource (id, ty, pk);
create index resource_patient on resource (pk, ty, d desc);
create index resource_saved on resource (ty, lu desc, rid desc);
create index resource_dated on resource (ty, d desc, rid desc);
create index resource_tokens on resource using gin (tokens) with (fastupdate = on, gin_pending_list_limit = 256);

create table resource_version (                     -- append only: every version's exact text, the change feed, the time machine
  pk bigint not null, rid bigint not null, ty smallint not null, id text collate "C" not null, ver integer not null,
  lu timestamptz not null, op "char" not null,      -- c created, u updated, d deleted
  source text not null, message_id bigint not null, -- which system's message said so: lineage starts here
  body text not null,
  primary key (rid, pk));
create index resource_version_id on resource_version (id, ty, ver);

create table resource_code (                        -- one row per clinical coding: code with date, code with value
  pk bigint not null, ck bigint not null, d timestamptz not null, v double precision, rid bigint not null,
  ty smallint not null, id text collate "C" not null);
create index resource_code_d on resource_code (ck, d desc, rid desc) include (v, pk);
create index resource_code_v on resource_code (ck, v) include (pk) where v is not null;
create index resource_code_rid on resource_code (rid);

create table resource_string (                      -- names and addresses, folded; d = birth date of the Patient
  pk bigint not null, h bigint not null, n text collate "C" not null, d timestamptz, rid bigint not null);
create index resource_string_n on resource_string (h, n, d);
create index resource_string_rid on resource_string (rid);
