import type { Random } from '../random.ts'

export type Address = { readonly lines: readonly string[]; readonly town: string; readonly postcode: string }

type Place = { readonly town: string; readonly outward: string }

/** Riverton and around. No postcode area `RV` exists, so none of these can be somebody's home. */
const places: readonly [Place, ...Place[]] = [
  { town: 'Riverton', outward: 'RV1' },
  { town: 'Riverton', outward: 'RV2' },
  { town: 'Millbeck', outward: 'RV3' },
  { town: 'Aldersyke', outward: 'RV4' },
  { town: 'Nether Holme', outward: 'RV5' },
  { town: 'Cawthorpe Bridge', outward: 'RV6' },
]

const streets = [
  'Weir Lane',
  'Tannery Street',
  'Chapel Walk',
  'Ropewalk Road',
  'Victoria Terrace',
  'Mill Bank',
  'Station Road',
  'Heron Close',
  'Church Street',
  'Alder Grove',
  'Canal Side',
  'Fuller Street',
  'Market Place',
  'Beck View',
  'Quarry Hill',
  'Sycamore Drive',
  'Navigation Row',
  'Priory Gardens',
  'Dye House Lane',
  'Larkfield Avenue',
] as const
const inwardLetters = 'ABDEFGHJLNPQRSTUWXYZ'

export function inventAddress(random: Random): Address {
  const place = random.pick(places)
  const letter = () => inwardLetters[random.int(0, inwardLetters.length - 1)] ?? 'A'
  return {
    lines: [`${random.int(1, 148)} ${random.pick(streets)}`],
    town: place.town,
    postcode: `${place.outward} ${random.int(1, 9)}${letter()}${letter()}`,
  }
}

/** Numbers that the telephone regulator keeps free for stories: nobody answers. */
export function inventPhone(random: Random, kind: 'mobile' | 'home'): string {
  const last = String(random.int(0, 999)).padStart(3, '0')
  return kind === 'mobile' ? `07700 900${last}` : `01632 960${last}`
}
