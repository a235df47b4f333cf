import type { Day } from '../../src/base/index.ts'
import type { CaseName } from '../awkward.ts'
import type { ConditionKey, IllnessKey } from '../lives/conditions.ts'
import type { Allergy } from '../lives/life.ts'
import type { Wishes } from '../lives/wishes.ts'
import { syntheticNhsNumber, withWrongCheckDigit } from './nhs-number.ts'
import type { GpPractice, Person } from './person.ts'
import type { Address } from './places.ts'
import { wishesOf } from './wishes.ts'

/** What must be true of a cast member's life; the rest falls as for anybody. */
export type Script = {
  readonly conditions?: readonly ConditionKey[]
  readonly allergies?: readonly Allergy[]
  readonly illness?: IllnessKey
  readonly community?: true
  readonly mentalHealth?: true
  readonly care?: true
  readonly adjustments?: readonly string[]
  /** In hospital now. */
  readonly admitted?: true
  readonly wishes?: Wishes
}

type Part = {
  readonly name: readonly [title: string, given: string, family: string]
  readonly born: Day
  readonly gender: 'male' | 'female'
  readonly practice: GpPractice
  readonly address: Address
  readonly cases?: readonly CaseName[]
  readonly script?: Script
  readonly more?: Partial<Pick<Person, 'believed' | 'restricted' | 'language' | 'ethnicity' | 'household'>>
}

const at = (line: string, town: string, postcode: string): Address => ({ lines: [line], town, postcode })
const told = (to: Allergy['to'], toldTo: Allergy['toldTo'], since: Day, reaction?: Allergy['reaction']): Allergy => ({
  to,
  toldTo,
  since,
  ...(reaction === undefined ? {} : { reaction }),
  ...(reaction === 'anaphylaxis' ? { severe: true } : {}),
})

const wished = (family: string): Pick<Script, 'wishes'> => {
  const wishes = wishesOf[family]
  return wishes === undefined ? {} : { wishes }
}
const kershaws = at('14 Heron Close', 'Millbeck', 'RV3 4QD')
const inPas = (believed: NonNullable<Person['believed']['riverton-pas']>): Pick<Person, 'believed'> => ({
  believed: { 'riverton-pas': believed, 'riverton-lab': believed },
})

/** The people whom tests and visitors look up by name; they come first. Their NHS numbers are the same whatever the seed. */
const parts: readonly Part[] = [
  {
    name: ['Mrs', 'Margaret', 'Ashworth'],
    born: '1947-03-18',
    gender: 'female',
    practice: 'riverside-gp',
    address: at('7 Weir Lane', 'Riverton', 'RV1 3LN'),
    script: {
      conditions: ['diabetes', 'hypertension', 'ckd3', 'atrialFibrillation', 'osteoarthritis', 'frailty'],
      allergies: [told('penicillin', ['gp', 'hospital'], '1988-06-02', 'rash')],
      illness: 'pneumonia',
      community: true,
      care: true,
      adjustments: ['Hard of hearing: face her, speak clearly', 'Large print letters'],
    },
  },
  {
    name: ['Mr', 'Derek', 'Holroyd'],
    born: '1954-10-09',
    gender: 'male',
    practice: 'market-street-gp',
    address: at('22 Tannery Street', 'Riverton', 'RV2 6BT'),
    cases: ['no-nhs-number'],
    script: { conditions: ['copd', 'hypertension'], illness: 'copdFlare' },
    more: inPas({ withoutNhsNumber: true }),
  },
  {
    name: ['Ms', 'Katherine', 'McDonnell'],
    born: '1979-07-23',
    gender: 'female',
    practice: 'riverside-gp',
    address: at('3 Chapel Walk', 'Riverton', 'RV1 8HE'),
    cases: ['typing-error-name'],
    script: { conditions: ['asthma', 'depression'], illness: 'asthma', mentalHealth: true },
    more: inPas({ given: ['Kathrine'], family: 'Macdonnel' }),
  },
  {
    name: ['Mr', 'Alan', 'Pemberton'],
    born: '1956-03-11',
    gender: 'male',
    practice: 'market-street-gp',
    address: at('91 Station Road', 'Aldersyke', 'RV4 2JW'),
    cases: ['typing-error-birth-date'],
    script: { conditions: ['atrialFibrillation', 'hypertension'], illness: 'atrialFibrillation' },
    more: inPas({ birthDate: '1956-11-03' }),
  },
  {
    name: ['Miss', 'Amelia', 'Kershaw'],
    born: '2016-05-30',
    gender: 'female',
    practice: 'riverside-gp',
    address: kershaws,
    cases: ['twins'],
    script: { conditions: ['asthma'], illness: 'asthma' },
    more: { household: -1 },
  },
  {
    name: ['Miss', 'Isla', 'Kershaw'],
    born: '2016-05-30',
    gender: 'female',
    practice: 'riverside-gp',
    address: kershaws,
    cases: ['twins'],
    script: {
      conditions: [],
      illness: 'headInjury',
      allergies: [told('peanut', ['gp', 'hospital'], '2019-04-11', 'urticaria')],
    },
    more: { household: -1 },
  },
  {
    name: ['Mrs', 'Rukhsana', 'Mahmood'],
    born: '1968-12-01',
    gender: 'female',
    practice: 'market-street-gp',
    address: at('40 Larkfield Avenue', 'Nether Holme', 'RV5 7DG'),
    cases: ['moved-house'],
    script: { conditions: ['diabetes', 'hypothyroidism'], illness: 'urinaryInfection', care: true },
    more: {
      believed: { 'riverton-council': { address: at('5 Fuller Street', 'Riverton', 'RV2 1PS') } },
      ethnicity: 'J',
      language: { code: 'ur', name: 'Urdu' },
    },
  },
  {
    name: ['Mr', 'Brian', 'Crabtree'],
    born: '1949-01-27',
    gender: 'male',
    practice: 'riverside-gp',
    address: at('118 Ropewalk Road', 'Riverton', 'RV1 5XA'),
    cases: ['merge'],
    script: { conditions: ['heartFailure', 'ckd3'], illness: 'heartFailure', community: true },
  },
  {
    name: ['Mr', 'David', 'Eastwood'],
    born: '1961-09-14',
    gender: 'male',
    practice: 'market-street-gp',
    address: at('63 Mill Bank', 'Millbeck', 'RV3 9RU'),
    cases: ['wrong-merge'],
    script: { conditions: ['hypertension'], illness: 'pneumonia' },
  },
  {
    name: ['Mr', 'Daniel', 'Eastwood'],
    born: '1963-02-20',
    gender: 'male',
    practice: 'riverside-gp',
    address: at('8 Beck View', 'Aldersyke', 'RV4 6NQ'),
    cases: ['wrong-merge'],
    script: { conditions: ['obesity'], illness: 'headInjury' },
  },
  {
    name: ['Mrs', 'Patricia', 'Lumley'],
    born: '1951-08-05',
    gender: 'female',
    practice: 'market-street-gp',
    address: at('16 Victoria Terrace', 'Riverton', 'RV2 4YF'),
    cases: ['conflicting-allergies'],
    script: {
      conditions: ['copd', 'osteoporosis'],
      illness: 'pneumonia',
      allergies: [told('none', ['gp'], '2016-02-09'), told('penicillin', ['hospital'], '2023-11-30', 'anaphylaxis')],
    },
  },
  {
    name: ['Mr', 'Tomasz', 'Nowicki'],
    born: '1984-04-02',
    gender: 'male',
    practice: 'riverside-gp',
    address: at('29 Canal Side', 'Riverton', 'RV1 1TB'),
    cases: ['allergies-not-recorded'],
    script: { conditions: ['asthma'], allergies: [] },
    more: { ethnicity: 'C', language: { code: 'pl', name: 'Polish' } },
  },
  {
    name: ['Mrs', 'Joan', 'Dunmore'],
    born: '1939-11-12',
    gender: 'female',
    practice: 'riverside-gp',
    address: at('2 Priory Gardens', 'Cawthorpe Bridge', 'RV6 3GL'),
    cases: ['late-message'],
    script: {
      conditions: ['dementia', 'frailty', 'hypertension'],
      illness: 'hipFracture',
      community: true,
      care: true,
    },
  },
  {
    name: ['Mr', 'Keith', 'Varley'],
    born: '1958-06-17',
    gender: 'male',
    practice: 'market-street-gp',
    address: at('77 Quarry Hill', 'Riverton', 'RV2 8ZE'),
    cases: ['duplicate-message'],
    script: { conditions: ['diabetes', 'ckd3'], illness: 'urinaryInfection' },
  },
  {
    name: ['Mrs', 'Susan', 'Thackray'],
    born: '1966-02-28',
    gender: 'female',
    practice: 'riverside-gp',
    address: at('10 Sycamore Drive', 'Millbeck', 'RV3 5WU'),
    cases: ['broken-bad-date'],
    script: { conditions: ['hypertension'], illness: 'pneumonia' },
  },
  {
    name: ['Mr', 'Emeka', 'Nwosu'],
    born: '1975-05-19',
    gender: 'male',
    practice: 'market-street-gp',
    address: at('52 Market Place', 'Riverton', 'RV1 2RJ'),
    cases: ['broken-missing-pid'],
    script: { conditions: ['diabetes'], illness: 'headInjury' },
    more: { ethnicity: 'N' },
  },
  {
    name: ['Mrs', 'Carol', 'Garside'],
    born: '1962-10-30',
    gender: 'female',
    practice: 'riverside-gp',
    address: at('35 Navigation Row', 'Riverton', 'RV2 7HP'),
    cases: ['broken-two-nhs-numbers'],
    script: { conditions: ['osteoarthritis', 'hypertension'], illness: 'urinaryInfection' },
  },
  {
    name: ['Mrs', 'Meena', 'Solanki'],
    born: '1971-01-08',
    gender: 'female',
    practice: 'market-street-gp',
    address: at('4 Alder Grove', 'Aldersyke', 'RV4 9BD'),
    cases: ['wrong-check-digit'],
    script: { conditions: ['diabetes', 'hypertension'], illness: 'pneumonia' },
    more: { ethnicity: 'H' },
  },
  {
    name: ['Mr', 'Ronald', 'Birtwistle'],
    born: '1936-07-07',
    gender: 'male',
    practice: 'riverside-gp',
    address: at('21 Church Street', 'Cawthorpe Bridge', 'RV6 8AN'),
    cases: ['died'],
    script: { conditions: ['copd', 'heartFailure', 'frailty'], illness: 'pneumonia', community: true },
  },
  {
    name: ['Ms', 'Nicola', 'Jessop'],
    born: '1990-03-25',
    gender: 'female',
    practice: 'market-street-gp',
    address: at('1 Dye House Lane', 'Riverton', 'RV1 7QX'),
    cases: ['restricted'],
    script: { conditions: ['depression'], illness: 'headInjury', mentalHealth: true },
    more: { restricted: true },
  },
  {
    name: ['Mr', 'Peter', 'Ogden'],
    born: '1953-12-22',
    gender: 'male',
    practice: 'riverside-gp',
    address: at('84 Weir Lane', 'Riverton', 'RV1 3LS'),
    cases: ['control-id-reused'],
    script: { conditions: ['ckd3', 'diabetes'], illness: 'urinaryInfection' },
  },
  {
    name: ['Mr', 'John', 'Barker'],
    born: '1964-05-12',
    gender: 'male',
    practice: 'market-street-gp',
    address: at('13 Mill Bank', 'Millbeck', 'RV3 9RE'),
    cases: ['same-name-same-birth-date'],
    script: { conditions: ['hypertension'], illness: 'pneumonia' },
  },
  {
    name: ['Mr', 'John', 'Barker'],
    born: '1964-05-12',
    gender: 'male',
    practice: 'riverside-gp',
    address: at('60 Heron Close', 'Nether Holme', 'RV5 4TA'),
    cases: ['same-name-same-birth-date'],
    script: { conditions: ['schizophrenia'], illness: 'headInjury', mentalHealth: true },
  },
  {
    name: ['Mrs', 'Linda', 'Clegg'],
    born: '1959-04-16',
    gender: 'female',
    practice: 'market-street-gp',
    address: at('48 Chapel Walk', 'Riverton', 'RV1 8JD'),
    cases: ['stopped-medicine'],
    script: {
      conditions: ['osteoarthritis', 'ckd3', 'hypertension'],
      allergies: [told('none', ['gp', 'hospital'], '2021-05-18')],
      illness: 'urinaryInfection',
    },
  },
  {
    name: ['Mr', 'Arthur', 'Whitaker'],
    born: '1944-09-03',
    gender: 'male',
    practice: 'riverside-gp',
    address: at('66 Tannery Street', 'Riverton', 'RV2 6EH'),
    cases: ['dose-differs'],
    script: { conditions: ['atrialFibrillation', 'heartFailure'], illness: 'atrialFibrillation', community: true },
  },
  {
    name: ['Mrs', 'Deborah', 'Ingham'],
    born: '1955-11-21',
    gender: 'female',
    practice: 'market-street-gp',
    address: at('19 Quarry Hill', 'Riverton', 'RV2 8ZQ'),
    cases: ['result-corrected'],
    script: { conditions: ['ckd3', 'hypertension'], illness: 'urinaryInfection' },
  },
  {
    name: ['Mrs', 'Edith', 'Harrop'],
    born: '1938-02-14',
    gender: 'female',
    practice: 'market-street-gp',
    address: at('5 Loom Court', 'Riverton', 'RV2 3KD'),
    script: {
      conditions: ['heartFailure', 'frailty'],
      community: true,
      care: true,
      admitted: true,
      adjustments: ['Hard of hearing: face her, speak clearly', 'Large print letters'],
      ...wished('Harrop'),
    },
  },
  {
    name: ['Mr', 'Gurdev', 'Sandhu'],
    born: '1949-06-30',
    gender: 'male',
    practice: 'market-street-gp',
    address: at('31 Larkfield Avenue', 'Nether Holme', 'RV5 7DH'),
    script: {
      conditions: ['copd'],
      care: true,
      adjustments: ['Needs an interpreter: Punjabi'],
      ...wished('Sandhu'),
    },
    more: { ethnicity: 'J', language: { code: 'pa', name: 'Punjabi' } },
  },
  {
    name: ['Ms', 'Chloe', 'Bannister'],
    born: '1996-09-09',
    gender: 'female',
    practice: 'market-street-gp',
    address: at('12b Canal Side', 'Riverton', 'RV1 1TD'),
    script: {
      conditions: ['depression'],
      mentalHealth: true,
      adjustments: ['First or last appointment of the day'],
      ...wished('Bannister'),
    },
  },
  {
    name: ['Mr', 'Liam', 'Rooney'],
    born: '1987-03-03',
    gender: 'male',
    practice: 'riverside-gp',
    address: at('9 Ropewalk Road', 'Riverton', 'RV1 5XE'),
    script: {
      conditions: ['schizophrenia'],
      mentalHealth: true,
      admitted: true,
      adjustments: ['Needs a quiet place to wait'],
      ...wished('Rooney'),
    },
  },
  {
    name: ['Miss', 'Ava', 'Thornber'],
    born: '2019-05-20',
    gender: 'female',
    practice: 'market-street-gp',
    address: at('44 Quarry Hill', 'Riverton', 'RV2 8ZD'),
    script: { conditions: ['asthma'], adjustments: ['Needs an interpreter: Polish'], ...wished('Thornber') },
    more: { ethnicity: 'C', language: { code: 'pl', name: 'Polish' } },
  },
  {
    name: ['Mrs', 'Olive', 'Tattersall'],
    born: '1941-10-01',
    gender: 'female',
    practice: 'riverside-gp',
    address: at('17 Priory Gardens', 'Cawthorpe Bridge', 'RV6 3GN'),
    script: {
      conditions: ['dementia', 'frailty'],
      care: true,
      adjustments: ['Show pictures when explaining'],
      ...wished('Tattersall'),
    },
  },
  {
    name: ['Mr', 'Frank', 'Hebblethwaite'],
    born: '1957-02-19',
    gender: 'male',
    practice: 'market-street-gp',
    address: at('27 Ropewalk Road', 'Riverton', 'RV1 5XC'),
    cases: ['allergy-against-medicine', 'brand-and-generic', 'duplicate-therapy'],
    script: {
      conditions: ['osteoarthritis'],
      illness: 'headInjury',
      allergies: [told('penicillin', ['hospital'], '2024-06-11', 'anaphylaxis')],
    },
  },
  {
    name: ['Ms', 'Grace', 'Oldroyd'],
    born: '2001-06-12',
    gender: 'female',
    practice: 'riverside-gp',
    address: at('6 Beck View', 'Aldersyke', 'RV4 6NR'),
    cases: ['nothing-recorded'],
    script: { conditions: [], allergies: [], adjustments: [] },
  },
]

export const castSize = parts.length

export function castPerson(place: number): Person | undefined {
  const part = parts[place]
  if (part === undefined) return undefined
  const [title, given, family] = part.name
  const nhsNumber = syntheticNhsNumber(place)
  const truth: Person['truth'] = {
    nhsNumber,
    nhsNumberStatus: '01',
    title,
    given: [given],
    family,
    birthDate: part.born,
    gender: part.gender,
    address: part.address,
    // The twins share their mother's telephone.
    mobile: `07700 900${String(part.more?.household === -1 ? 5 : 10 + place).padStart(3, '0')}`,
  }
  const mistyped = part.cases?.includes('wrong-check-digit')
    ? { believed: { 'riverton-pas': { nhsNumber: withWrongCheckDigit(nhsNumber), nhsNumberStatus: '02' } } }
    : {}
  return {
    id: `p${String(place + 1).padStart(4, '0')}`,
    truth,
    believed: {},
    ethnicity: 'A',
    household: -2 - place,
    practice: part.practice,
    nextOfKin: {
      name: 'Alex',
      family,
      relationship: part.born > '2005' ? 'Mother' : 'Brother',
      phone: `01632 960${String(100 + place)}`,
    },
    cases: part.cases ?? [],
    ...part.more,
    ...mistyped,
  }
}

export function castScript(place: number): Script | undefined {
  return parts[place]?.script
}
