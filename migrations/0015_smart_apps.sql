-- SMART apps: what the authorization server keeps. Ids are kept by digest and contents sealed (AES-256-GCM, key outside the database), so that a
-- stolen table opens nothing.
create table app_artifact (
  kind text not null, id_digest bytea not null,     -- AccessToken, RefreshToken, AuthorizationCode, Grant, Session, Interaction, ReplayDetection …
  uid_digest bytea, grant_digest bytea,
  sealed bytea not null,
  consumed_at timestamptz, expires_at timestamptz,
  primary key (kind, id_digest));
create index app_artifact_uid on app_artifact (kind, uid_digest) where uid_digest is not null;
create index app_artifact_grant on app_artifact (grant_digest) where grant_digest is not null;
create index app_artifact_expires on app_artifact (expires_at);

-- Who let which app read whose record: until they end it.
create table app_grant (
  grant_digest bytea primary key,
  client text not null, actor jsonb not null, person text not null, patient_id text not null, scopes text not null,
  granted_at timestamptz not null, ended_at timestamptz);
create index app_grant_actor on app_grant ((actor ->> 'id'));
