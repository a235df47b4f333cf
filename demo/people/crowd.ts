import { type Random, randomFor } from '../random.ts'
import { addDays } from '../time.ts'
import { nameGroups } from './names.ts'
import { syntheticNhsNumber } from './nhs-number.ts'
import type { Demographics, Person } from './person.ts'
import { inventAddress, inventPhone } from './places.ts'

type Household = { readonly number: number; readonly first: number; readonly size: number }

/**
 * Anybody who is not in the cast.
 * @param place from the size of the cast upwards; the same seed and place give the same person however many others there are
 */
export function crowdPerson(place: number, { seed, today }: { readonly seed: string; readonly today: string }): Person {
  const home = householdOf(place, seed)
  const house = randomFor(seed, 'household', home.number)
  const group = pickGroup(house)
  const family = house.pick(group.families)
  const address = inventAddress(house)
  const landline = inventPhone(house, 'home')
  const practice = house.chance(0.5) ? 'riverside-gp' : 'market-street-gp'

  const own = randomFor(seed, 'person', place)
  const member = place - home.first
  const gender = own.chance(0.52) ? 'female' : 'male'
  const age = ageInHousehold(house, own, { member, size: home.size })
  const names = gender === 'female' ? group.women : group.men
  const given = nameOfAge(own, names, age)
  const middle = own.chance(0.35) ? nameOfAge(own, names, age) : given
  const truth: Demographics = {
    nhsNumber: syntheticNhsNumber(place),
    nhsNumberStatus: '01',
    title: titleFor(own, gender, age),
    given: middle === given ? [given] : [given, middle],
    family,
    birthDate: addDays(today, -Math.round(age * 365.25) - own.int(1, 360)),
    gender,
    address,
    ...(age > 12 && own.chance(0.85) ? { mobile: inventPhone(own, 'mobile') } : {}),
    ...(own.chance(0.5) ? { home: landline } : {}),
    ...(age > 16 && own.chance(0.5) ? { email: `${plain(given)}.${plain(family)}${place}@example.org` } : {}),
  }
  return {
    id: `p${String(place + 1).padStart(4, '0')}`,
    truth,
    believed: {},
    ethnicity: own.chance(0.92) ? group.ethnicity : 'Z',
    household: home.number,
    practice,
    ...(own.chance(0.7)
      ? {
          nextOfKin: {
            name: own.pick(group.women),
            family,
            relationship: age < 18 ? 'Mother' : own.pick(['Daughter', 'Sister', 'Partner']),
            phone: inventPhone(own, 'mobile'),
          },
        }
      : {}),
    cases: [],
  }
}

/** Households of one to five, one after another along the street. */
function householdOf(place: number, seed: string): Household {
  const blockSize = 40
  const block = Math.floor(place / blockSize)
  const random = randomFor(seed, 'block', block)
  let first = block * blockSize
  for (let number = 0; ; number += 1) {
    const size = Math.min(random.pick([1, 1, 1, 2, 2, 2, 2, 3, 4, 5]), (block + 1) * blockSize - first)
    if (place < first + size) return { number: block * blockSize + number, first, size }
    first += size
  }
}

/** Two adults of about one age, then children; those who live alone are often old. */
function ageInHousehold(
  house: Random,
  own: Random,
  { member, size }: { readonly member: number; readonly size: number },
): number {
  const elder = size <= 2 ? house.int(26, 92) : house.int(28, 56)
  if (member === 0) return elder
  if (member === 1) return Math.max(19, Math.round(own.near(elder, 8)))
  return Math.max(0, Math.min(elder - 20, own.int(0, 24)))
}

/** Names come and go: one that was common in the years this person was born. */
function nameOfAge(random: Random, names: readonly [string, ...string[]], age: number): string {
  const place = Math.round(random.near(((92 - age) / 92) * (names.length - 1), names.length / 2))
  return names[Math.max(0, Math.min(names.length - 1, place))] ?? names[0]
}

function titleFor(random: Random, gender: 'male' | 'female', age: number): string {
  if (gender === 'male') return age < 16 ? 'Master' : 'Mr'
  if (age < 18) return 'Miss'
  return random.pick(['Mrs', 'Mrs', 'Ms', 'Miss'])
}

function pickGroup(random: Random) {
  let point = random.next() * nameGroups.reduce((sum, group) => sum + group.weight, 0)
  for (const group of nameGroups) {
    point -= group.weight
    if (point < 0) return group
  }
  return nameGroups[0]
}

function plain(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll(/[^a-zA-Z]/g, '')
    .toLowerCase()
}
