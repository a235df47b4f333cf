-- Identity: which sources' Patients are one person. Links are never updated in place of history: they end and begin.
create table person (
  id text collate "C" primary key,                  -- opaque: shown in addresses of pages
  created_at timestamptz not null);

create table person_link (
  pk bigint not null,                               -- the Patient compartment
  person text collate "C" not null references person (id),
  source text not null, patient_id text collate "C" not null,
  since timestamptz not null, until timestamptz,    -- until null: holds now
  reason text not null,                             -- 'nhs-number', 'local-id', 'new', 'merge', 'undo', 'human', ...
  explanation jsonb not null,                       -- field by field why
  message_id bigint,
  primary key (pk, since));
create unique index person_link_now on person_link (pk) where until is null;
create index person_link_person on person_link (person) where until is null;

create table person_identifier (                    -- every identifier ever seen on a Patient, for finding people by it
  k bigint not null,                                -- hash64('<system>|<value>')
  pk bigint not null, system text not null, value text collate "C" not null,
  verified boolean not null,
  first_seen_at timestamptz not null,
  primary key (k, pk));
create index person_identifier_pk on person_identifier (pk);

create table person_traits (                        -- what each Patient says of itself, folded for comparing and searching
  pk bigint primary key, patient_id text collate "C" not null, source text not null,
  nhs_number text, birth_date date, gender text, family text, given text, postcode text,
  traits jsonb not null, updated_at timestamptz not null);

create table identity_review (                      -- the human list: what we refused to guess
  id text collate "C" primary key,
  kind text not null,                               -- 'possible-duplicate', 'nhs-number-conflict', 'birth-date-conflict', 'merge-conflict', ...
  pks bigint[] not null,
  persons text[] not null,
  explanation jsonb not null,
  message_id bigint,
  raised_at timestamptz not null,
  settled_at timestamptz, settled_by text, decision text);
create index identity_review_open on identity_review (raised_at) where settled_at is null;

create table person_merge (
  id text collate "C" primary key,
  survivor text not null, retired text not null,    -- persons
  pks bigint[] not null,                            -- the compartments that moved, so that undo moves exactly these back
  reason text not null, message_id bigint, done_by text not null,
  done_at timestamptz not null, undone_at timestamptz, undone_by text);
