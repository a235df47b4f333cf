-- Who stands in the trail, under every name they had: so that a name finds their lines without reading them. Kept by the sealer, not by writers.
create table audit_actor (
  kind text not null, id text not null, name text not null, organisation text not null default '',
  primary key (kind, id, name, organisation));
insert into audit_actor select distinct actor_kind, actor_id, actor_name, coalesce(organisation, '') from audit_event;
