/** Invented HL7 v2.4 messages with 999 NHS numbers: what benchmarks and crash tests send. */

const weights = [10, 9, 8, 7, 6, 5, 4, 3, 2]

/** The n-th NHS number of the synthetic range 999 that has a right check digit. */
export function syntheticNhsNumber(n: number): string {
  for (let stem = n; ; stem += 1) {
    const nine = `999${String(stem % 1_000_000).padStart(6, '0')}`
    const sum = weights.reduce((total, weight, at) => total + weight * Number(nine[at]), 0)
    const check = (11 - (sum % 11)) % 11
    // No NHS number has check digit 10: take the next stem. (Stems are given three apart, so two people never meet.)
    if (check !== 10) return `${nine}${check}`
  }
}

const families = [
  'Ashdown',
  'Birch',
  'Calder',
  'Denholm',
  'Eastwood',
  'Fenwick',
  'Garside',
  'Hollis',
  'Ingram',
  'Jessop',
]
const givens = ['Ada', 'Ben', 'Cora', 'Dan', 'Ella', 'Finn', 'Gwen', 'Hugh', 'Iris', 'Jack']

const two = (n: number) => String(n).padStart(2, '0')

/** The time of the n-th message: a minute apart, so that later messages tell of later times. */
function timeOf(n: number): string {
  const at = new Date(Date.UTC(2026, 0, 1) + n * 60_000)
  return `${at.getUTCFullYear()}${two(at.getUTCMonth() + 1)}${two(at.getUTCDate())}${two(at.getUTCHours())}${two(at.getUTCMinutes())}00`
}

function pid(person: number): string {
  const born = `19${two(30 + (person % 60))}${two(1 + (person % 12))}${two(1 + (person % 28))}`
  return `PID|1||H${person}^^^BENCH^MR~${syntheticNhsNumber(person * 3)}^^^NHS^NH||${families[person % 10]}${Math.floor(person / 100)}^${givens[Math.floor(person / 10) % 10]}^^^Ms||${born}|F|||${person} Invented Road^^Riverton^^ZZ9 ${person % 10}ZZ^GBR^H||01632960${String(person % 1000).padStart(3, '0')}^PRN|||||||||||||||||||NSTS01`
}

/** An admission. `n` numbers the message: its control id is `C<n>`. */
export function admission(n: number, person: number): Uint8Array {
  const at = timeOf(n)
  return Buffer.from(
    [
      `MSH|^~\\&|BENCHPAS|BENCH|TL|AREA|${at}||ADT^A01|C${n}|T|2.4`,
      `EVN|A01|${at}||||${at}`,
      pid(person),
      'PD1|||RIVERSIDE SURGERY (SYNTHETIC)^^Z99901',
      `PV1|1|I|WARD${person % 9}^BAY1^BED${person % 6}||||C1234567^Example^Consultant|||300||||19|||||V${n}|||||||||||||||||||||||||${at}`,
      '',
    ].join('\r'),
  )
}

/** A result of five tests. */
export function results(n: number, person: number): Uint8Array {
  const at = timeOf(n)
  const obx = (at_: number, code: string, text: string, value: string, unit: string, range: string) =>
    `OBX|${at_}|NM|${code}^${text}^BENCHLAB||${value}|${unit}|${range}|N|||F|||${at}`
  return Buffer.from(
    [
      `MSH|^~\\&|BENCHLAB|BENCH|TL|AREA|${at}||ORU^R01|C${n}|T|2.4`,
      pid(person),
      `ORC|RE|P${n}|F${n}||CM`,
      `OBR|1|P${n}|F${n}|UE^Urea and electrolytes^BENCHLAB|||${at}|||||||||||||||${at}||CH|F`,
      obx(1, 'NA', 'Sodium', String(133 + (n % 14)), 'mmol/L', '133-146'),
      obx(2, 'K', 'Potassium', `${3 + (n % 3)}.${n % 10}`, 'mmol/L', '3.5-5.3'),
      obx(3, 'UREA', 'Urea', `${2 + (n % 9)}.${n % 10}`, 'mmol/L', '2.5-7.8'),
      obx(4, 'CREAT', 'Creatinine', String(50 + (n % 80)), 'umol/L', '45-104'),
      obx(5, 'EGFR', 'eGFR', String(30 + (n % 60)), 'mL/min/1.73m2', '>59'),
      '',
    ].join('\r'),
  )
}

/** Mixed traffic: one admission to two results, over `people` people. */
export function mixed(n: number, people: number): Uint8Array {
  const person = (n * 7) % people
  return n % 3 === 0 ? admission(n, person) : results(n, person)
}

/** How the server must know the two invented systems. */
export const inventedSources = [
  {
    id: 'bench-pas',
    name: 'Invented PAS',
    kind: 'acute',
    organisation: { code: 'BENCH', name: 'Invented Hospital (synthetic)' },
    formats: ['hl7v2'],
    settings: { hl7v2: { sendingApplication: 'BENCHPAS' }, authorities: { BENCH: 'urn:throughline:bench:mrn' } },
  },
  {
    id: 'bench-lab',
    name: 'Invented laboratory',
    kind: 'laboratory',
    organisation: { code: 'BENCH', name: 'Invented Hospital (synthetic)' },
    formats: ['hl7v2'],
    settings: { hl7v2: { sendingApplication: 'BENCHLAB' }, authorities: { BENCH: 'urn:throughline:bench:mrn' } },
  },
] as const
