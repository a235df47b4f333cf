import type { Int64, Tx } from '../base/index.ts'

/** Remembers that a human told every compartment of one side from every one of the other. */
export async function tellApart(
  tx: Tx,
  { ours, theirs }: { readonly ours: readonly Int64[]; readonly theirs: readonly Int64[] },
  { by, now }: { readonly by: string; readonly now: Date },
): Promise<void> {
  if (ours.length === 0 || theirs.length === 0) return
  await tx`
    insert into identity_apart (pk, other, since, said_by)
    select pair.pk, pair.other, ${now}, ${by}
      from unnest(${[...ours]}::bigint[]) a(pk)
      cross join unnest(${[...theirs]}::bigint[]) b(pk)
      cross join lateral (values (a.pk, b.pk), (b.pk, a.pk)) pair(pk, other)
     where a.pk <> b.pk
    on conflict (pk, other) do nothing`
}

/** A human said that these are one after all: the rules need not hold them apart. */
export async function forgetApart(
  tx: Tx,
  { ours, theirs }: { readonly ours: readonly Int64[]; readonly theirs: readonly Int64[] },
): Promise<void> {
  await tx`
    delete from identity_apart
     where (pk = any(${[...ours]}::bigint[]) and other = any(${[...theirs]}::bigint[]))
        or (pk = any(${[...theirs]}::bigint[]) and other = any(${[...ours]}::bigint[]))`
}
