-- Finding people among a million in a few milliseconds. Two common names are each held by tens of thousands, both together by few: each two
-- words that stand together in one Patient's names have a row, and so has each word with the first half of the postcode. Distributed by k.
create table person_pair (
  k text collate "C" not null,                      -- two folded words, the lesser in byte order first: 'ada fictitious'; 'ZE1 ada'
  pk bigint not null, d date,
  primary key (k, pk) include (d));

-- A word with a birth date or a year of birth.
create index person_name_born on person_name (n, d, pk);

insert into person_pair (k, pk, d)
select a.n || ' ' || b.n, a.pk, a.d from person_name a join person_name b on b.pk = a.pk and a.n < b.n
union
select left(t.postcode, -3) || ' ' || n.n, n.pk, n.d from person_name n join person_traits t on t.pk = n.pk
 where length(t.postcode) between 5 and 8;
