import type { Message, Segment } from './message.ts'

/** One OBX with the comments after it. Rows of one text belong together. */
export type ResultRow = { readonly obx: Segment; readonly more: readonly Segment[]; readonly notes: readonly Segment[] }

/** One OBR with its order, rows, specimens and comments. */
export type ResultGroup = {
  readonly obr: Segment | undefined
  readonly orc: Segment | undefined
  readonly rows: readonly ResultRow[]
  readonly specimens: readonly Segment[]
  readonly notes: readonly Segment[]
}

type Open = {
  obr: Segment | undefined
  orc: Segment | undefined
  rows: Segment[]
  notes: Map<Segment, Segment[]>
  specimens: Segment[]
  own: Segment[]
}

/** Cuts a result message into its groups. An NTE belongs to the OBX, OBR or ORC before it; one before any is about the person. */
export function groupsOf(message: Message): {
  readonly groups: readonly ResultGroup[]
  readonly personal: readonly Segment[]
} {
  const open: Open[] = []
  const personal: Segment[] = []
  let orc: Segment | undefined
  let current: Open | undefined
  let last: Segment | undefined
  for (const segment of message.segments) {
    if (segment.name === 'ORC') {
      orc = segment
      current = undefined
      last = undefined
    } else if (segment.name === 'OBR' || (segment.name === 'OBX' && current === undefined)) {
      current = {
        obr: segment.name === 'OBR' ? segment : undefined,
        orc,
        rows: [],
        notes: new Map(),
        specimens: [],
        own: [],
      }
      orc = undefined
      open.push(current)
      last = undefined
    }
    if (segment.name === 'OBX' && current !== undefined) {
      current.rows.push(segment)
      last = segment
    } else if (segment.name === 'SPM') {
      current?.specimens.push(segment)
      last = undefined
    } else if (segment.name === 'NTE') {
      if (current === undefined) personal.push(segment)
      else if (last === undefined) current.own.push(segment)
      else current.notes.set(last, push(current.notes.get(last), segment))
    }
  }
  return { groups: open.map(closed), personal }
}

function closed(group: Open): ResultGroup {
  const rows: { obx: Segment; more: Segment[]; notes: Segment[] }[] = []
  for (const obx of group.rows) {
    const before = rows.at(-1)
    const notes = group.notes.get(obx) ?? []
    if (before !== undefined && continues(before.obx, obx)) {
      before.more.push(obx)
      before.notes.push(...notes)
    } else rows.push({ obx, more: [], notes: [...notes] })
  }
  return { obr: group.obr, orc: group.orc, rows, specimens: group.specimens, notes: group.own }
}

function push(list: Segment[] | undefined, segment: Segment): Segment[] {
  if (list === undefined) return [segment]
  list.push(segment)
  return list
}

/** A report line by line: the same question (OBX-3 and OBX-4) answered by text again, right after. */
function continues(before: Segment, obx: Segment): boolean {
  const texts = ['ST', 'TX', 'FT']
  const same = (field: number) => (before.fields[field] ?? '') === (obx.fields[field] ?? '')
  return texts.includes(obx.fields[2] ?? '') && same(2) && same(3) && same(4)
}
