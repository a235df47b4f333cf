import { createHash } from 'node:crypto'
import { allergens, reactions } from '../lives/allergens.ts'
import { conditions } from '../lives/conditions.ts'
import type { Life, MentalHealthEpisode } from '../lives/life.ts'
import { type Medicine, medicines } from '../lives/medicines.ts'
import { before } from '../lives/wishes.ts'
import { asKnownTo, localNumber } from '../people/person.ts'
import { organisations } from '../sources.ts'
import { cdaStamp, compactDay, dayOf, type Moment, momentOf } from '../time.ts'
import { type DemoMessage, laneOf, utf8 } from './message.ts'

/** The mental-health trust: one CDA document for each assessment, review and discharge, and for a crisis plan. */
export function cdaMessages(life: Life, now: Moment): readonly DemoMessage[] {
  const crisis = crisisPlan(life, now)
  return [...life.mentalHealth, ...(crisis ? [crisis] : [])].map((episode) => ({
    source: 'lowmoor-mental-health',
    name: `${life.person.id}-${episode.id}.xml`,
    bytes: utf8(documentOf(life, episode)),
    door: 'http',
    contentType: 'application/xml',
    lane: laneOf(life.person),
    person: life.person.id,
    expect: 'applied',
  }))
}

type Document = MentalHealthEpisode | (Omit<MentalHealthEpisode, 'kind'> & { readonly kind: 'crisis' })

const documentTypes: Readonly<
  Record<Document['kind'], { readonly code: string; readonly display: string; readonly title: string }>
> = {
  assessment: { code: '11488-4', display: 'Consult note', title: 'Mental health assessment (synthetic)' },
  review: { code: '11506-3', display: 'Progress note', title: 'Mental health review (synthetic)' },
  discharge: { code: '18842-5', display: 'Discharge summary', title: 'Mental health discharge letter (synthetic)' },
  crisis: { code: '18776-5', display: 'Plan of care', title: 'Crisis and contingency plan (synthetic)' },
}

/** Agreed with the person: told as a document of sections, as the trust's system prints it. */
function crisisPlan({ person, wishes }: Life, now: Moment): Document | undefined {
  if (wishes?.crisis === undefined) return undefined
  return {
    id: `MH${person.id.slice(1)}C`,
    at: momentOf(before(dayOf(now), wishes.crisis.daysAgo), 14, 30),
    kind: 'crisis',
    story: '',
    plan: '',
  }
}

function crisisSections({ wishes }: Life): string {
  const crisis = wishes?.crisis
  if (crisis === undefined) return ''
  const part = (title: string, text: string) => section({ code: '18776-5', display: 'Plan of care', title, text })
  return [
    part('Early signs', `<list>${crisis.signs.map((sign) => `<item>${xml(sign)}</item>`).join('')}</list>`),
    part('What helps', `<paragraph>${xml(crisis.helps)}</paragraph>`),
    part('What makes it worse', `<paragraph>${xml(crisis.avoid)}</paragraph>`),
    part('Who to call', `<paragraph>${xml(crisis.call)}</paragraph>`),
  ].join('\n')
}

function documentOf(life: Life, episode: Document): string {
  const type = documentTypes[episode.kind]
  const made = cdaStamp(episode.at + 7_200_000)
  return `<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <realmCode code="GB"/>
  <typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
  <id root="${uuid(episode.id)}"/>
  <code code="${type.code}" codeSystem="2.16.840.1.113883.6.1" codeSystemName="LOINC" displayName="${type.display}"/>
  <title>${type.title}</title>
  <effectiveTime value="${made}"/>
  <confidentialityCode code="${life.person.restricted ? 'R' : 'N'}" codeSystem="2.16.840.1.113883.5.25"/>
  <languageCode code="en-GB"/>
  <setId root="${uuid(`${episode.id}-set`)}"/>
  <versionNumber value="1"/>
${recordTarget(life)}
  <author>
    <time value="${made}"/>
    <assignedAuthor>
      <id root="2.16.840.1.113883.2.1.3.2.4.18.24" extension="LM-104"/>
      <assignedPerson><name><prefix>Dr</prefix><given>Sunil</given><family>Abernethy</family></name></assignedPerson>
      <representedOrganization><id root="2.16.840.1.113883.2.1.3.2.4.19.1" extension="${organisations['lowmoor-mental-health'].code}"/><name>${organisations['lowmoor-mental-health'].name}</name></representedOrganization>
    </assignedAuthor>
  </author>
  <custodian><assignedCustodian><representedCustodianOrganization><id root="2.16.840.1.113883.2.1.3.2.4.19.1" extension="${organisations['lowmoor-mental-health'].code}"/><name>${organisations['lowmoor-mental-health'].name}</name></representedCustodianOrganization></assignedCustodian></custodian>
  <componentOf><encompassingEncounter><id root="2.16.840.1.113883.2.1.3.2.4.18.24" extension="${episode.id}"/><effectiveTime><low value="${cdaStamp(episode.at)}"/><high value="${cdaStamp(episode.at + 3_600_000)}"/></effectiveTime></encompassingEncounter></componentOf>
  <component>
    <structuredBody>
${(episode.kind === 'crisis' ? [crisisSections(life)] : [storySection(episode), problemSection(life, episode), medicineSection(life, episode), allergySection(life, episode), planSection(episode)]).filter((part) => part !== '').join('\n')}
    </structuredBody>
  </component>
</ClinicalDocument>
`
}

function recordTarget({ person }: Life): string {
  const who = asKnownTo(person, 'lowmoor-mental-health')
  const phone = who.mobile ?? who.home
  return `  <recordTarget>
    <patientRole>
      ${who.nhsNumber === undefined ? '' : `<id root="2.16.840.1.113883.2.1.4.1" extension="${who.nhsNumber}"/>`}
      <id root="2.16.840.1.113883.2.1.3.2.4.18.24" extension="${localNumber(person, 'lowmoor-mental-health')}" assigningAuthorityName="${organisations['lowmoor-mental-health'].code}"/>
      <addr use="H"><streetAddressLine>${xml(who.address.lines.join(', '))}</streetAddressLine><city>${xml(who.address.town)}</city><postalCode>${who.address.postcode}</postalCode></addr>${phone === undefined ? '' : `\n      <telecom value="tel:${phone.replaceAll(' ', '')}"/>`}
      <patient>
        <name use="L"><prefix>${who.title}</prefix>${who.given.map((name) => `<given>${xml(name)}</given>`).join('')}<family>${xml(who.family)}</family></name>
        <administrativeGenderCode code="${who.gender === 'male' ? 'M' : 'F'}" codeSystem="2.16.840.1.113883.5.1"/>
        <birthTime value="${compactDay(who.birthDate)}"/>
      </patient>
      <providerOrganization><id root="2.16.840.1.113883.2.1.3.2.4.19.1" extension="${organisations[person.practice].code}"/><name>${organisations[person.practice].name}</name></providerOrganization>
    </patientRole>
  </recordTarget>`
}

function section({
  code,
  display,
  title,
  text,
  entries = '',
  template,
}: {
  readonly code: string
  readonly display: string
  readonly title: string
  readonly text: string
  readonly entries?: string
  readonly template?: string
}): string {
  return `      <component><section>
        ${template === undefined ? '' : `<templateId root="${template}"/>`}<code code="${code}" codeSystem="2.16.840.1.113883.6.1" codeSystemName="LOINC" displayName="${display}"/>
        <title>${title}</title>
        <text>${text}</text>${entries}
      </section></component>`
}

function storySection(episode: Document): string {
  return section({
    code: '10164-2',
    display: 'History of present illness',
    title: 'What happened',
    text: `<paragraph>${xml(episode.story)}</paragraph>`,
  })
}

function planSection(episode: Document): string {
  return section({
    code: '18776-5',
    display: 'Plan of care',
    title: 'Plan and requested actions',
    text: `<paragraph>${xml(episode.plan)}</paragraph>`,
  })
}

function problemSection(life: Life, episode: Document): string {
  const own = life.diagnoses.filter(({ condition }) => condition === 'depression' || condition === 'schizophrenia')
  const entries = own.map(
    ({ condition, since }, at) => `
        <entry typeCode="DRIV"><act classCode="ACT" moodCode="EVN">
          <templateId root="2.16.840.1.113883.10.20.22.4.3"/>
          <id root="${uuid(`${life.person.id}-concern-${condition}`)}"/>
          <code code="CONC" codeSystem="2.16.840.1.113883.5.6"/>
          <statusCode code="active"/>
          <effectiveTime><low value="${compactDay(since)}"/></effectiveTime>
          <entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN">
            <templateId root="2.16.840.1.113883.10.20.22.4.4"/>
            <id root="${uuid(`${life.person.id}-problem-${condition}`)}"/>
            <code code="64572001" codeSystem="2.16.840.1.113883.6.96" displayName="Condition"/>
            <text><reference value="#problem${at}"/></text>
            <statusCode code="completed"/>
            <effectiveTime><low value="${compactDay(since)}"/></effectiveTime>
            <value xsi:type="CD" code="${conditions[condition].snomed}" codeSystem="2.16.840.1.113883.6.96" codeSystemName="SNOMED CT" displayName="${xml(conditions[condition].name)}"/>
          </observation></entryRelationship>
        </act></entry>`,
  )
  if (own.length === 0) return ''
  const text = `<list>${own.map(({ condition }, at) => `<item ID="problem${at}">${xml(conditions[condition].name)}</item>`).join('')}</list>`
  return section({
    code: '11450-4',
    display: 'Problem list',
    title: `Diagnoses on ${dayOf(episode.at)}`,
    text,
    entries: entries.join(''),
    template: '2.16.840.1.113883.10.20.22.2.5.1',
  })
}

function medicineSection(life: Life, episode: Document): string {
  const taken = life.courses.filter(
    ({ medicine, from, until }) =>
      (medicine === 'sertraline' || medicine === 'olanzapine' || medicine === 'mirtazapine') &&
      from <= dayOf(episode.at) &&
      (until === undefined || until > dayOf(episode.at)),
  )
  if (taken.length === 0) return ''
  const entries = taken.map(({ medicine, from }, at) => {
    const { name, dmd }: Medicine = medicines[medicine]
    return `
        <entry typeCode="DRIV"><substanceAdministration classCode="SBADM" moodCode="INT">
          <templateId root="2.16.840.1.113883.10.20.22.4.16"/>
          <id root="${uuid(`${life.person.id}-medicine-${medicine}`)}"/>
          <text><reference value="#dose${at}"/></text>
          <statusCode code="active"/>
          <effectiveTime xsi:type="IVL_TS"><low value="${compactDay(from)}"/></effectiveTime>
          <consumable><manufacturedProduct classCode="MANU">
            <templateId root="2.16.840.1.113883.10.20.22.4.23"/>
            <manufacturedMaterial><code ${dmd === undefined ? 'nullFlavor="OTH"' : `code="${dmd}" codeSystem="2.16.840.1.113883.6.96" displayName="${xml(name)}"`}><originalText><reference value="#medicine${at}"/></originalText></code></manufacturedMaterial>
          </manufacturedProduct></consumable>
        </substanceAdministration></entry>`
  })
  const text = `<list>${taken.map(({ medicine, dose }, at) => `<item><content ID="medicine${at}">${xml(medicines[medicine].name)}</content>: <content ID="dose${at}">${xml(dose)}</content></item>`).join('')}</list>`
  return section({
    code: '10160-0',
    display: 'History of medication use',
    title: 'Medicines',
    text,
    entries: entries.join(''),
    template: '2.16.840.1.113883.10.20.22.2.1.1',
  })
}

function allergySection(life: Life, episode: Document): string {
  const known = life.allergies.filter(({ toldTo }) => toldTo.includes('mental-health'))
  if (known.length === 0) return ''
  const entries = known.map((allergy, at) => {
    const { snomed, name } = allergens[allergy.to]
    const reaction = allergy.reaction && reactions[allergy.reaction]
    return `
        <entry typeCode="DRIV"><act classCode="ACT" moodCode="EVN">
          <templateId root="2.16.840.1.113883.10.20.22.4.30"/>
          <id root="${uuid(`${life.person.id}-allergy-concern-${allergy.to}`)}"/>
          <code code="CONC" codeSystem="2.16.840.1.113883.5.6"/>
          <statusCode code="active"/>
          <effectiveTime><low value="${compactDay(allergy.since)}"/></effectiveTime>
          <entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN">
            <templateId root="2.16.840.1.113883.10.20.22.4.7"/>
            <id root="${uuid(`${life.person.id}-allergy-${allergy.to}`)}"/>
            <code code="ASSERTION" codeSystem="2.16.840.1.113883.5.4"/>
            <statusCode code="completed"/>
            <effectiveTime><low value="${compactDay(allergy.since)}"/></effectiveTime>
            <value xsi:type="CD" code="${snomed}" codeSystem="2.16.840.1.113883.6.96" displayName="${xml(name)}"><originalText><reference value="#allergy${at}"/></originalText></value>${
              reaction === undefined
                ? ''
                : `
            <entryRelationship typeCode="MFST" inversionInd="true"><observation classCode="OBS" moodCode="EVN">
              <templateId root="2.16.840.1.113883.10.20.22.4.9"/>
              <id root="${uuid(`${life.person.id}-reaction-${allergy.to}`)}"/>
              <code code="ASSERTION" codeSystem="2.16.840.1.113883.5.4"/>
              <statusCode code="completed"/>
              <value xsi:type="CD" code="${reaction.snomed}" codeSystem="2.16.840.1.113883.6.96" displayName="${reaction.name}"/>
            </observation></entryRelationship>`
            }
          </observation></entryRelationship>
        </act></entry>`
  })
  const text = `<list>${known.map(({ to }, at) => `<item ID="allergy${at}">${xml(allergens[to].name)}</item>`).join('')}</list>`
  return section({
    code: '48765-2',
    display: 'Allergies',
    title: `Allergies as told on ${dayOf(episode.at)}`,
    text,
    entries: entries.join(''),
    template: '2.16.840.1.113883.10.20.22.2.6.1',
  })
}

function xml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

function uuid(text: string): string {
  const hex = createHash('sha256').update(`lowmoor/${text}`).digest('hex').toUpperCase()
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}
