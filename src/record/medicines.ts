/**
 * Medicines: one row a medicine by its code, and in it what each source says, side by side. A prescription with its issues and its
 * statement (GP Connect's three resources) is one saying. A name joins only by the table of names
 * (hazard H-28); nothing is settled for the reader (hazard H-05).
 */
import type {
  CodeableConcept,
  FhirResource,
  MedicationAdministration,
  MedicationDispense,
  MedicationRequest,
  MedicationStatement,
  Reference,
} from 'fhir/r4.js'
import { medicineLine, medicineWords, readMedicineName } from '../nhs/index.ts'
import { type Held, type HeldFact, list, text } from './held.ts'
import { compareMedicines, ongoing } from './medicine-concerns.ts'
import type { Allergy, Medicine, MedicineSaying, MedicineStatus, Origin, PartialDate } from './model.ts'
import { dayWords, earliestMs, newestFirst, oldestFirst } from './partial-date.ts'
import { difference, firstKey, foldWords, groupByCode, joiningCodes, sayings } from './same-code.ts'
import { conceptList, conceptWords, dosageWords, quantityWords, referenceWords, sentence } from './words.ts'

type AnyMedication = MedicationRequest | MedicationStatement | MedicationDispense | MedicationAdministration
type Fact = HeldFact<AnyMedication>

export function readMedicines(held: Held, allergies: readonly Allergy[]): readonly Medicine[] {
  const facts: readonly Fact[] = held.of<AnyMedication['resourceType']>(
    'MedicationStatement',
    'MedicationRequest',
    'MedicationDispense',
    'MedicationAdministration',
  )
  const items = chains(facts).map((chain) => ({ fact: chain[0], chain, codes: medicineCodes(held, chain) }))
  const byCode = groupByCode(items).map((group) => ({
    group,
    codes: productCodes(group.flatMap(({ chain }) => (isInError(chain) ? [] : [named(held, chain)]))),
  }))
  const rows = groupByCode(byCode).map((joined) => {
    const group = joined.flatMap(({ group: one }) => one)
    return medicineRow(
      held,
      group.map(({ chain }) => chain),
      group.flatMap(({ codes }) => codes),
    )
  })
  return compareMedicines(rows, allergies).toSorted(
    (a, b) => order.indexOf(a.status) - order.indexOf(b.status) || a.name.localeCompare(b.name),
  )
}

export type MedicineRow = Omit<Medicine, 'alike' | 'concerns'>

function named(held: Held, chain: Chain): string {
  return chain.map((fact) => nameOf(held, fact)).find(Boolean) ?? ''
}

function isInError([first]: Chain): boolean {
  return statusOf(first.resource) === 'entered-in-error'
}

/**
 * By what the table says of their names, rows of unlike codes or of none are one medicine: only when each name was understood to its last
 * word and all mean one product (hazard H-28).
 */
function productCodes(names: readonly string[]): readonly string[] {
  const products = new Set(names.map((name) => readMedicineName(name)?.product ?? ''))
  const [only = ''] = products
  return products.size === 1 && only !== '' ? [`product|${only}`] : []
}

const order: readonly MedicineStatus[] = [
  'current',
  'on-hold',
  'planned',
  'not-taking',
  'not-recorded',
  'stopped',
  'completed',
  'entered-in-error',
]

type Chain = readonly [Fact, ...Fact[]]

/** Facts of one source that refer to each other: the plan, its orders, its dispenses and the statement drawn from them. */
function chains(facts: readonly Fact[]): readonly Chain[] {
  const linked = facts.map((fact) => ({
    fact,
    codes: [`${fact.origin.type}/${fact.origin.id}`, ...linksOf(fact.resource)],
  }))
  return groupByCode(linked).flatMap((group) => {
    const [first, ...rest] = group.map(({ fact }) => fact).sort((a, b) => authority(a.resource) - authority(b.resource))
    return first ? [[first, ...rest] as const] : []
  })
}

function linksOf(resource: AnyMedication): readonly string[] {
  const references: readonly (Reference | undefined)[] =
    resource.resourceType === 'MedicationRequest'
      ? list(resource.basedOn)
      : resource.resourceType === 'MedicationStatement'
        ? [...list(resource.basedOn), ...list(resource.derivedFrom)]
        : resource.resourceType === 'MedicationDispense'
          ? list(resource.authorizingPrescription)
          : [resource.request]
  return references
    .map((reference) => text(reference?.reference))
    .filter((reference) => /^Medication(Request|Statement|Dispense|Administration)\//.test(reference))
}

// Whose word on the status counts within one chain: the statement sums up, the plan intends, an issue or a dispense only happened.
function authority(resource: AnyMedication): number {
  if (resource.resourceType === 'MedicationStatement') return 0
  if (resource.resourceType === 'MedicationRequest') return resource.intent === 'plan' ? 1 : 2
  return resource.resourceType === 'MedicationDispense' ? 3 : 4
}

function medicationConcept(held: Held, resource: AnyMedication): CodeableConcept | undefined {
  if (resource.medicationCodeableConcept) return resource.medicationCodeableConcept
  const target: FhirResource | undefined = held.follow(resource.medicationReference?.reference, resource)
  return target?.resourceType === 'Medication' ? target.code : undefined
}

function medicineCodes(held: Held, chain: Chain): readonly string[] {
  if (isInError(chain)) return []
  return [...new Set(chain.flatMap(({ resource, origin }) => joiningCodes(medicationConcept(held, resource), origin)))]
}

function nameOf(held: Held, { resource }: Fact): string {
  return conceptWords(medicationConcept(held, resource)) || referenceWords(held, resource.medicationReference, resource)
}

const statuses: Readonly<Record<string, MedicineStatus>> = {
  active: 'current',
  'on-hold': 'on-hold',
  cancelled: 'stopped',
  stopped: 'stopped',
  completed: 'completed',
  draft: 'planned',
  intended: 'planned',
  'not-taken': 'not-taking',
  'entered-in-error': 'entered-in-error',
  unknown: 'not-recorded',
}

function statusOf(resource: AnyMedication): MedicineStatus {
  const status = text(resource.status)
  if (resource.resourceType === 'MedicationDispense' || resource.resourceType === 'MedicationAdministration') {
    // That a box was handed over does not say whether the medicine goes on.
    return status === 'entered-in-error' ? 'entered-in-error' : status === 'stopped' ? 'stopped' : 'not-recorded'
  }
  return statuses[status] ?? 'not-recorded'
}

function medicineRow(held: Held, group: readonly Chain[], codes: readonly string[]): MedicineRow {
  const said = joinRepeats(group.map((chain) => sayingOf(held, chain))).sort(
    (a, b) => order.indexOf(a.status) - order.indexOf(b.status) || newestFirst(dated(a), dated(b)),
  )
  const origins = said.flatMap((saying) => saying.origins)
  const code = firstCode(held, group)
  const name = said.map((saying) => saying.name).find(Boolean) ?? 'Medicine with no name recorded'
  return {
    key: firstKey(codes, origins[0] ?? nowhere),
    name,
    ...wordsOf(name, said),
    ...(code ? { code } : {}),
    status: rowStatus(said),
    sayings: said.map((saying) => ({ ...saying, called: calledOf(saying.name, name) })),
    differences: [...nameDifference(said), ...statusDifference(said), ...doseDifference(said)],
    origins,
  }
}

/**
 * Current when any source says so. Boxes handed over take no stand, so they keep nothing current that whoever prescribed it has ended;
 * but a box handed over after the end does: it may have been begun again (hazard H-05).
 */
function rowStatus(said: readonly MedicineSaying[]): MedicineStatus {
  const best = (among: readonly MedicineSaying[]) => order.find((status) => among.some((one) => one.status === status))
  const taken = best(said.filter((one) => !isSilent(one)))
  const over = taken === 'stopped' || taken === 'completed'
  return over && !said.some((box) => isSilent(box) && isAfterEnd(box, said)) ? taken : (best(said) ?? 'not-recorded')
}

/** It only happened: its source does not say whether the medicine goes on. */
function isSilent({ role, status }: MedicineSaying): boolean {
  return (role === 'dispensed' || role === 'given') && status === 'not-recorded'
}

/** Handed over later than the latest end that a prescriber gave; also when nobody said when it ended. */
function isAfterEnd({ lastIssued }: MedicineSaying, said: readonly MedicineSaying[]): boolean {
  const ends = said.flatMap(({ status, ended }) =>
    status === 'stopped' || status === 'completed' ? [earliestMs(ended)] : [],
  )
  const box = earliestMs(lastIssued)
  return box === undefined || ends.some((end) => end === undefined) || box > Math.max(...ends.map((end) => end ?? 0))
}

/** The name in parts; every brand that a source names stands beside the generic. */
function wordsOf(name: string, said: readonly MedicineSaying[]): Pick<Medicine, 'words' | 'known'> {
  const { known, ...words } = medicineWords(name)
  const brands = new Set(said.map((saying) => medicineWords(saying.name).brand).filter(Boolean))
  return { known, words: { ...words, brand: [...brands].join(', ') } }
}

function calledOf(own: string, rowName: string): string {
  if (own === '' || foldWords(own) === foldWords(rowName)) return ''
  const [mine, row] = [readMedicineName(own), readMedicineName(rowName)]
  const same = mine?.product !== undefined && mine.product === row?.product && mine.brand === row.brand
  return same || medicineLine(own) === medicineLine(rowName) ? '' : medicineLine(own)
}

/** One code, and names that do not mean one medicine: a code was chosen wrongly, and nobody here can tell which (hazard H-28). */
function nameDifference(said: readonly MedicineSaying[]): Medicine['differences'] {
  const means = new Map<string, { text: string; origin: Origin }>()
  const ingredients = new Set<string>()
  for (const { name, origins } of said) {
    const read = readMedicineName(name)
    if (!read || !origins[0]) continue
    ingredients.add(read.ingredients.join('+'))
    const meant = read.product === undefined ? '' : [...read.ingredients, read.strength, read.form].join('|')
    if (!means.has(meant)) means.set(meant, { text: medicineLine(name), origin: origins[0] })
  }
  const whole = [...means].filter(([meant]) => meant !== '')
  const shown = ingredients.size > 1 ? [...means] : whole
  return difference('Medicine', sayings(shown.map(([, one]) => one)))
}

const nowhere: Origin = {
  type: 'MedicationStatement',
  id: '',
  source: '',
  organisation: '',
  savedAt: '',
  messageId: '0',
}

function firstCode(held: Held, group: readonly Chain[]): string {
  for (const [fact] of group) {
    const coded = text(list(medicationConcept(held, fact.resource)?.coding)[0]?.code)
    if (coded) return coded
  }
  return ''
}

function dated(saying: MedicineSaying): { when?: PartialDate } {
  const when = saying.lastIssued ?? saying.started
  return when === undefined ? {} : { when }
}

function sayingOf(held: Held, chain: Chain): MedicineSaying {
  const resources = chain.map(({ resource }) => resource)
  const started = resources
    .map(startOf)
    .filter((date) => date !== undefined)
    .sort(oldestFirst)[0]
  const ended = resources
    .map(endOf)
    .filter((date) => date !== undefined)
    .sort(oldestFirst)
    .at(-1)
  const lastIssued = resources.flatMap(issuesOf).sort(oldestFirst).at(-1)
  const supplyDays = resources.map(supplyDaysOf).find((days) => days !== undefined)
  return {
    name: named(held, chain),
    called: '',
    role: roleOf(held, resources),
    status: statusOf(chain[0].resource),
    statusReason: resources.map(reasonOf).find(Boolean) ?? '',
    dose: resources.map(doseOf).find(Boolean) ?? '',
    ...(started === undefined ? {} : { started }),
    ...(ended === undefined ? {} : { ended }),
    ...(lastIssued === undefined ? {} : { lastIssued }),
    ...(supplyDays === undefined ? {} : { supplyDays }),
    origins: chain.map(({ origin }) => origin),
  }
}

function supplyDaysOf(resource: AnyMedication): number | undefined {
  if (resource.resourceType !== 'MedicationDispense') return undefined
  const { value, code, unit } = resource.daysSupply ?? {}
  return typeof value === 'number' && value > 0 && /^(d|days?)$/.test(text(code) || text(unit)) ? value : undefined
}

function roleOf(held: Held, resources: readonly AnyMedication[]): MedicineSaying['role'] {
  if (resources.some(({ resourceType }) => resourceType === 'MedicationRequest')) return 'prescribed'
  const statement = resources.find((resource) => resource.resourceType === 'MedicationStatement')
  if (statement) {
    const who = text(statement.informationSource?.reference)
    const target = held.follow(who, statement)?.resourceType
    return /^(Patient|RelatedPerson)\//.test(who) || target === 'RelatedPerson' ? 'reported' : 'recorded'
  }
  return resources.some(({ resourceType }) => resourceType === 'MedicationDispense') ? 'dispensed' : 'given'
}

function doseOf(resource: AnyMedication): string {
  if (resource.resourceType === 'MedicationStatement') return dosageWords(resource.dosage)
  if (resource.resourceType !== 'MedicationAdministration') return dosageWords(resource.dosageInstruction)
  return (
    text(resource.dosage?.text) ||
    [quantityWords(resource.dosage?.dose), conceptWords(resource.dosage?.route)].filter(Boolean).join(', ')
  )
}

function startOf(resource: AnyMedication): PartialDate | undefined {
  const dates =
    resource.resourceType === 'MedicationStatement'
      ? [resource.effectivePeriod?.start, resource.effectiveDateTime, resource.dateAsserted]
      : resource.resourceType === 'MedicationRequest'
        ? [resource.dispenseRequest?.validityPeriod?.start, resource.authoredOn]
        : resource.resourceType === 'MedicationDispense'
          ? [resource.whenHandedOver, resource.whenPrepared]
          : [resource.effectiveDateTime, resource.effectivePeriod?.start]
  return dates.map(text).find((date) => earliestMs(date) !== undefined)
}

function endOf(resource: AnyMedication): PartialDate | undefined {
  const dates =
    resource.resourceType === 'MedicationStatement'
      ? [resource.effectivePeriod?.end]
      : resource.resourceType === 'MedicationRequest'
        ? [resource.dispenseRequest?.validityPeriod?.end]
        : []
  return dates.map(text).find((date) => earliestMs(date) !== undefined)
}

function issuesOf(resource: AnyMedication): readonly PartialDate[] {
  if (resource.resourceType === 'MedicationDispense' || resource.resourceType === 'MedicationAdministration')
    return [startOf(resource)].filter((date) => date !== undefined)
  if (resource.resourceType === 'MedicationRequest')
    return resource.intent === 'order' && earliestMs(text(resource.authoredOn)) !== undefined
      ? [text(resource.authoredOn)]
      : []
  return list(resource.extension)
    .filter(({ url }) => /MedicationStatementLastIssueDate/.test(text(url)))
    .map(({ valueDateTime }) => text(valueDateTime))
    .filter((date) => earliestMs(date) !== undefined)
}

function reasonOf(resource: AnyMedication): string {
  if (resource.resourceType === 'MedicationDispense') return conceptWords(resource.statusReasonCodeableConcept)
  return resource.resourceType === 'MedicationRequest'
    ? conceptWords(resource.statusReason)
    : conceptList(resource.statusReason).join(', ')
}

/** Many boxes or doses of one source are one saying, with the last of them. */
function joinRepeats(said: readonly MedicineSaying[]): MedicineSaying[] {
  const joined = new Map<string, MedicineSaying>()
  for (const saying of said) {
    const repeats = saying.role === 'dispensed' || saying.role === 'given'
    const key = repeats
      ? `${saying.origins[0]?.source}|${saying.role}|${saying.status}|${foldWords(saying.dose)}|${foldWords(saying.name)}`
      : `${joined.size}`
    const before = joined.get(key)
    joined.set(key, before ? joinTwo(before, saying) : saying)
  }
  return [...joined.values()]
}

function joinTwo(a: MedicineSaying, b: MedicineSaying): MedicineSaying {
  const started = [a.started, b.started].filter((date) => date !== undefined).sort(oldestFirst)[0]
  const lastIssued = [a.lastIssued, b.lastIssued]
    .filter((date) => date !== undefined)
    .sort(oldestFirst)
    .at(-1)
  const supplyDays = Math.max(a.supplyDays ?? 0, b.supplyDays ?? 0)
  return {
    ...a,
    ...(supplyDays === 0 || a.supplyDays === undefined || b.supplyDays === undefined ? {} : { supplyDays }),
    ...(started === undefined ? {} : { started }),
    ...(lastIssued === undefined ? {} : { lastIssued }),
    origins: [...a.origins, ...b.origins],
  }
}

/** Each source's stand: its saying that goes on, else its latest. Boxes handed over and single doses take no stand. */
function stands(said: readonly MedicineSaying[]): readonly MedicineSaying[] {
  const bySource = new Map<string, MedicineSaying>()
  for (const saying of said) {
    const source = saying.origins[0]?.source ?? ''
    if (saying.status !== 'not-recorded' && saying.status !== 'entered-in-error' && !bySource.has(source))
      bySource.set(source, saying)
  }
  return [...bySource.values()]
}

function statusDifference(said: readonly MedicineSaying[]): Medicine['differences'] {
  const stated = stands(said).flatMap(({ status, origins }) =>
    origins.slice(0, 1).map((origin) => ({ text: sentence(status === 'completed' ? 'stopped' : status), origin })),
  )
  return difference('Status', sayings([...stated, ...handedOverSince(said)]))
}

/** Boxes handed over on a known day after whoever prescribed it stopped it: somebody should look. */
function handedOverSince(said: readonly MedicineSaying[]): readonly { text: string; origin: Origin }[] {
  const stopped = said.filter(({ status, ended }) => status === 'stopped' && ended !== undefined)
  if (stopped.length === 0 || said.some(({ status }) => status === 'current')) return []
  return said
    .filter((box) => isSilent(box) && isAfterEnd(box, stopped))
    .flatMap(({ lastIssued, origins }) =>
      lastIssued === undefined
        ? []
        : origins.slice(0, 1).map((origin) => ({ text: `Dispensed ${dayWords(lastIssued)}`, origin })),
    )
}

function doseDifference(said: readonly MedicineSaying[]): Medicine['differences'] {
  const doses = said
    .filter(({ status, dose }) => ongoing.has(status) && dose !== '')
    .flatMap(({ dose, origins }) => origins.slice(0, 1).map((origin) => ({ text: dose, origin })))
  return difference('Dose', sayings(doses, foldDose))
}

const numberWords: Readonly<Record<string, string>> = {
  one: '1',
  two: '2',
  three: '3',
  four: '4',
  once: '1 times',
  twice: '2 times',
}

/** "One tablet twice daily" and "1 tablet, twice a day" are the same dose in other words; anything less plain stays different. */
function foldDose(words: string): string {
  return foldWords(words)
    .replace(/\b(one|two|three|four|once|twice)\b/g, (word) => numberWords[word] ?? word)
    .replace(/\b(daily|each day|every day|per day)\b/g, 'a day')
    .replace(/\b(tablet|capsule|puff|drop|dose|unit)s\b/g, '$1')
    .replace(/(\d) (mg|ml|g|microgram)/g, '$1$2')
    .replace(/^(take|to be taken|use) |[,.]| to be taken\b/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}
