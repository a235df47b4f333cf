-- Who may see what: the policy as privacy officers edit it, emergency access and its review, and what patients and staff lists say.
create table policy_version (                       -- the whole policy each time; none: the defaults of the program. The newest is in force
  id integer primary key,
  policy jsonb not null,
  made_at timestamptz not null, by_id text not null, by_name text not null,
  why text not null);

create table emergency_access (                     -- one person's record opened for one member of staff who gave a reason
  id text collate "C" primary key,
  staff text collate "C" not null, staff_name text not null, role text not null,
  organisation text collate "C" not null, organisation_name text not null,
  person text collate "C" not null,                 -- as it was then: follow person.merged_into
  situation text not null,                          -- why the record did not open by itself: 'none', 'restricted-none', 'objection', 'family', 'colleague'
  reason text not null, note text not null,
  at timestamptz not null, until timestamptz not null,
  review_due timestamptz not null,
  reviewed_at timestamptz, reviewed_by text, reviewed_by_name text,
  decision text check (decision in ('right', 'follow-up')), review_note text);
create index emergency_access_now on emergency_access (staff, person, until);
create index emergency_access_person on emergency_access (person, at desc);
create index emergency_access_waits on emergency_access (review_due, id) where reviewed_at is null;

create table staff_person (                         -- which member of staff is which patient, as their employers say: for own, family and colleagues' records
  staff text collate "C" primary key,
  nhs_number text collate "C" not null,
  k bigint not null,                                -- the number as person_identifier files it
  organisation text collate "C" not null);
create index staff_person_nhs_number on staff_person (nhs_number);

create table patient_choice (                       -- what a person said about the sharing of their record: nothing is taken away, it ends
  person text collate "C" not null, seq integer not null,
  kind text not null check (kind in ('no-sharing')),
  since timestamptz not null, said_by text not null, note text not null,
  until timestamptz, ended_by text,
  primary key (person, seq));

create table data_opt_out (                         -- NHS numbers on the national list: no use beyond direct care
  nhs_number text collate "C" primary key, taken_in_at timestamptz not null);

-- Nobody rewrites the policy's past.
revoke update, delete, truncate on policy_version from public, current_user;
