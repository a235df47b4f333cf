-- Who is kept back from systems: people whose details a source restricts, who object to sharing, or who opted out of uses beyond their care.
-- Views, so that the store's searches ask them in their own statements; each finds few people, and begins at these.
create view same_person as                          -- the Patient compartments that are one person now
  select a.pk, b.pk as other, a.person from person_link a join person_link b on b.person = a.person and b.until is null where a.until is null;

create index resource_version_restricted on resource_version (pk)
  where ty = 103 and body ~ '"security"\s*:\s*\[[^\]]*"code"\s*:\s*"[RV]"';
create view restricted_patient as
  select s.pk from resource_version v
    join resource r on r.rid = v.rid and r.pk = v.pk and not r.deleted
    join same_person s on s.other = v.pk
   where v.ty = 103 and v.body ~ '"security"\s*:\s*\[[^\]]*"code"\s*:\s*"[RV]"';

create view objecting_patient as                    -- also where the person was merged into another since they said so
  with recursive said as (
    select person as id from patient_choice where kind = 'no-sharing' and until is null
    union
    select p.merged_into from said join person p on p.id = said.id where p.merged_into is not null)
  select l.pk from said join person_link l on l.person = said.id and l.until is null;

create view opted_out_patient as                    -- the national list; Type 1 is a matter of codes, and of the policy
  select s.pk from same_person s
    join person_traits t on t.pk = s.other
    join data_opt_out o on o.nhs_number = t.traits ->> 'nhsNumber';
