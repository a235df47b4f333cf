-- Who acts for whom in the patient app, as organisations verified it; and whom members of staff declared as family.
create table proxy_access (
  id text collate "C" primary key,
  carer_nhs_number text collate "C" not null, carer_birth_date text not null,  -- who acts, as they prove it at sign-in
  nhs_number text collate "C" not null, birth_date text not null,              -- for whom
  basis text not null check (basis in ('parent', 'consent', 'attorney', 'deputy', 'best-interests')),
  sees text not null check (sees in ('whole', 'medicines', 'appointments')),
  goes_on boolean not null,                         -- a clinician agreed that a parent's access goes on after the age at which it ends
  verified_by text not null, verified_on date not null,
  since timestamptz not null, until timestamptz not null,
  ended_at timestamptz, ended_by text);             -- 'person', 'list': nothing is taken away, it ends
create index proxy_access_carer on proxy_access (carer_nhs_number);
create index proxy_access_person on proxy_access (nhs_number);

create table staff_family (                         -- what members of staff declared, or their employers know
  staff text collate "C" not null, nhs_number text collate "C" not null,
  primary key (staff, nhs_number));
