-- Identity: which sources' Patients are one person. Links are never updated in place of history: they end and begin.
-- pk is the key of one source's Patient compartment (see 0001). No key or lock here spans more than one row, so that the tables can be
-- distributed: person_link, person_traits and identity_apart by pk, person_identifier, person_block and identity_claim by k, person by id,
-- person_name and name_word by n. For the same reason there is no foreign key from person_link to person.
create table person (
  id text collate "C" primary key,                  -- opaque: shown in addresses of pages
  created_at timestamptz not null,
  merged_into text collate "C");                    -- its compartments went there; its old addresses lead there
create index person_merged_into on person (merged_into) where merged_into is not null;

create table person_link (
  pk bigint not null, seq integer not null,         -- the n-th person that this compartment was linked to
  person text collate "C" not null,
  source text not null, patient_id text collate "C" not null,
  since timestamptz not null, until timestamptz,    -- until null: holds now
  reason text not null,                             -- 'nhs-number', 'local-identifier', 'new', 'stub', 'merge', 'undo', 'human'
  explanation jsonb not null,                       -- field by field why
  message_id bigint,
  primary key (pk, seq));
create unique index person_link_now on person_link (pk) where until is null;
create index person_link_person on person_link (person) where until is null;
create index person_link_past on person_link (person) where until is not null;

create table person_traits (                        -- what each Patient says of itself, all its messages taken together
  pk bigint primary key, patient_id text collate "C" not null, source text not null,
  birth_date date, postcode text collate "C",       -- whole dates only; folded
  traits jsonb not null, updated_at timestamptz not null);
create index person_traits_birth on person_traits (birth_date) where birth_date is not null;
create index person_traits_postcode on person_traits (postcode) where postcode is not null;

create table person_identifier (                    -- every identifier ever seen on a Patient, for finding people by it
  k bigint not null,                                -- hash64('<system>|<value>')
  pk bigint not null, system text not null, value text collate "C" not null,
  verified boolean not null,
  first_seen_at timestamptz not null,
  primary key (k, pk));

create table person_block (                         -- hashes of name, birth date and postcode that likely duplicates share
  k bigint not null, pk bigint not null,
  primary key (k, pk));

create table person_name (                          -- every word of every name, folded, for finding people by it
  n text collate "C" not null, pk bigint not null, d date,
  primary key (n, pk) include (d));

create table name_word (                            -- the words that occur: spelling is forgiven here, once for a word and not for each person
  n text collate "C" not null, sound text collate "C" not null, near bigint[] not null);
create index name_word_n on name_word (n);          -- not unique: a word kept twice does no harm, and no writer waits for another
create index name_word_sound on name_word (sound);
create index name_word_near on name_word using gin (near);

create table identity_apart (                       -- a human said that these two are not one person; no rule joins them again
  pk bigint not null, other bigint not null,
  since timestamptz not null, said_by text not null,
  primary key (pk, other));

-- Two transactions that file the same number at once must end with one person: each first writes the number's row here, so the second
-- waits for the first and then sees its work. The rows mean nothing by themselves and may be lost in a crash or emptied at any time.
create unlogged table identity_claim (
  k bigint primary key, claimed_at timestamptz not null);

create table identity_review (                      -- the human list: what we refused to guess
  id text collate "C" primary key,                  -- made from what is in doubt: the same doubt twice is one review
  kind text not null,                               -- 'possible-duplicate', 'birth-date-conflict', 'name-conflict', 'nhs-number-conflict',
                                                    -- 'nhs-number-changed', 'nhs-number-unconfirmed', 'identifier-conflict', 'merge-conflict'
  pks bigint[] not null,
  persons text[] not null,
  explanation jsonb not null,
  message_id bigint,
  raised_at timestamptz not null,
  settled_at timestamptz, settled_by text, decision text check (decision in ('same', 'different')));
create index identity_review_open on identity_review (raised_at, id) where settled_at is null;
create index identity_review_pks on identity_review using gin (pks) where settled_at is null;

create table person_merge (
  id text collate "C" primary key,
  survivor text not null, retired text not null,    -- persons
  pks bigint[] not null,                            -- the compartments that moved, so that undo moves exactly these back
  reason text not null, message_id bigint, done_by text not null,
  done_at timestamptz not null, undone_at timestamptz, undone_by text);
create index person_merge_retired on person_merge (retired);
create index person_merge_survivor on person_merge (survivor);
