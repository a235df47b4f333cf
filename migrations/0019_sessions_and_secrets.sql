-- Sealed things say which key sealed them (t1.<key>.…, src/secrets), so that keys change while everything runs. What apps were given until now
-- was sealed in another way: they ask again.
delete from app_artifact;
alter table app_artifact alter column sealed type text using encode(sealed, 'base64');

-- Keys that sign for the authorization server: each is told to others before it signs, and after.
create table signing_key (
  id text collate "C" primary key,                  -- as JWKS names it
  sealed text not null,                             -- PEM, PKCS #8
  made_at timestamptz not null,
  signs_from timestamptz not null,                  -- the newest whose time has come signs
  ends_at timestamptz);                             -- told to others until then; null: it signs, or will

-- Why and when a session ended, what the provider needs to end its own, and when its reader last proved who they are.
alter table session add column ended_by text;       -- 'sign-out', 'switch-user', 'provider'; null: by time, or not yet
alter table session add column kept text;           -- sealed: the ID token, which names the provider's session when it is ended
alter table session add column proven_at timestamptz;
update session set proven_at = started_at;
create index session_started on session (started_at);

-- What somebody had written when their session ended: theirs alone, for a day.
create table draft (
  id text collate "C" primary key,
  actor text collate "C" not null,                  -- '<kind> <id>'
  sealed text not null,                             -- address and fields
  kept_at timestamptz not null);
create index draft_actor on draft (actor, kept_at);
create index draft_kept on draft (kept_at);
