-- Sign-in by OpenID Connect. Nothing here opens a session: secrets are kept by digest, and what is sent to the provider is derived from them.
create table sign_in_attempt (
  secret_digest bytea primary key,                  -- SHA-256 of the secret in the browser's cookie; state, nonce and verifier come from the secret
  app text not null check (app in ('staff', 'patient')),
  next text,                                        -- a page of ours to go to afterwards; ids in it are opaque
  proven jsonb,                                     -- what the provider told, while somebody chooses one of several roles; null before
  started_at timestamptz not null);
create index sign_in_attempt_started on sign_in_attempt (started_at);

-- Whose account at NHS login is whose record: by proven NHS number and birth date, never by guess.
create table login_link (
  issuer text not null, subject text not null,
  person text not null, nhs_number text not null, birth_date date not null,
  linked_at timestamptz not null, seen_at timestamptz not null,
  primary key (issuer, subject));

-- Where a session came from: so that the provider can end it (back-channel logout), and risky acts can ask when and how it was proven.
alter table session add column issuer text;
alter table session add column subject text;
alter table session add column sid text;
alter table session add column assurance text;      -- the provider's acr or vot
create index session_sid on session (issuer, sid) where sid is not null;
create index session_subject on session (issuer, subject) where subject is not null;

-- Ids of signed statements (client assertions, logout tokens) that were used, until they expire: a second use is refused, also after a restart.
create table used_assertion (
  id_digest bytea primary key, expires_at timestamptz not null);
create index used_assertion_expires on used_assertion (expires_at);
