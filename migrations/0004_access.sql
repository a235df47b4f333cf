-- Access: who is signed in.
create table session (
  token_digest bytea primary key,                   -- SHA-256 of the cookie's token: a stolen table opens no session
  actor jsonb not null,
  started_at timestamptz not null, seen_at timestamptz not null, ended_at timestamptz);
create index session_seen on session (seen_at);
