import type { Safe } from '../jsx/jsx-runtime.ts'
import { longDate } from '../words/dates.ts'
import { spacedNhsNumber } from '../words/numbers.ts'
import { listed } from './notices.tsx'
import { Tag } from './tag.tsx'

export type BannerAllergy = {
  readonly substance: string
  readonly reaction?: string
  readonly severe?: boolean
  readonly href?: string
}

/**
 * Allergies are always in exactly one of four states. An empty list is `not-recorded`, never `none-known`: only someone's
 * own statement makes that (hazard log; own test).
 */
export type AllergyState =
  | { readonly state: 'known'; readonly allergies: readonly [BannerAllergy, ...BannerAllergy[]]; readonly href: string }
  | { readonly state: 'none-known' }
  | { readonly state: 'not-recorded'; readonly href: string }
  | { readonly state: 'unavailable'; readonly href: string; readonly missing: readonly string[] }

export type BannerPatient = {
  readonly family?: string
  readonly given?: string
  readonly prefix?: string
  /** `YYYY-MM-DD` or partial. */
  readonly bornOn?: string
  /** `68y`, `4y 1m`; at death when the person died. Absent when the birth date is not known. */
  readonly age?: string
  readonly sex?: string
  readonly nhsNumber?: string
  readonly address?: string
  readonly phone?: string
  readonly gp?: string
  /** The day, partial or whole; `true` when only the death itself is known. */
  readonly died?: string | true
  /** Named tag on a record under restriction: `Restricted record`, `Emergency access until 11:42am`. */
  readonly tags?: readonly string[]
  readonly adjustments?: readonly string[]
}

export type PatientBannerProps = {
  readonly patient: BannerPatient
  readonly allergies: AllergyState
  /** The record's first page. */
  readonly href: string
}

/** Who this is, on every page about one person. @see the NHS CUI patient banner guidance, ISB 1505 */
export function PatientBanner({ patient, allergies, href }: PatientBannerProps): Safe {
  return (
    <section class={`app-banner${patient.died ? ' app-banner--died' : ''}`} aria-label="Patient">
      <div class="app-banner__person">
        <div class="nhsuk-width-container app-banner__lines">
          <p class="app-banner__name">
            <a href={href}>{bannerName(patient)}</a>{' '}
            {patient.tags?.map((text) => (
              <Tag text={text} colour="white" />
            ))}
          </p>
          <dl class="app-banner__facts">
            {patient.died === undefined ? (
              <BannerFact label="Born" value={born(patient)} strong />
            ) : (
              <>
                <BannerFact
                  label="Born"
                  value={patient.bornOn === undefined ? undefined : longDate(patient.bornOn)}
                  strong
                />
                <BannerFact label="Died" value={died(patient)} strong />
              </>
            )}
            <BannerFact label="Sex" value={patient.sex} strong />
            <BannerFact
              label="NHS number"
              value={patient.nhsNumber === undefined ? undefined : spacedNhsNumber(patient.nhsNumber)}
              strong
            />
          </dl>
          <dl class="app-banner__facts app-banner__facts--more">
            <BannerFact label="Address" value={patient.address} />
            <BannerFact label="Phone" value={patient.phone} />
            <BannerFact label="GP" value={patient.gp} />
          </dl>
        </div>
      </div>
      <div class="app-banner__safety">
        <div class="nhsuk-width-container">
          <AllergyLine allergies={allergies} />
          {patient.adjustments && patient.adjustments.length > 0 ? (
            <p class="app-banner__adjustments">
              <strong>Adjustments</strong> {patient.adjustments.join('; ')}
            </p>
          ) : undefined}
        </div>
      </div>
    </section>
  )
}

/** `Ward, Sarah (Mrs)`; CSS sets the family name in capitals, so that screen readers read a word. For titles use `plainName`. */
function bannerName({ family, given, prefix }: BannerPatient): Safe {
  return (
    <>
      <span class="app-banner__family">{family ?? 'Name not known'}</span>
      {given === undefined ? '' : `, ${given}`}
      {prefix === undefined ? '' : ` (${prefix})`}
    </>
  )
}

/** `WARD, Sarah`: a name as staff lists and page titles write it. */
export function plainName({ family, given }: Pick<BannerPatient, 'family' | 'given'>): string {
  return (
    [family?.toUpperCase(), given].filter((part) => part !== undefined && part !== '').join(', ') || 'Name not known'
  )
}

function BannerFact({
  label,
  value,
  strong,
}: {
  readonly label: string
  readonly value: string | undefined
  readonly strong?: true
}): Safe {
  return (
    <div class={strong ? 'app-banner__fact app-banner__fact--strong' : 'app-banner__fact'}>
      <dt>{label}</dt> <dd>{value ?? 'Not known'}</dd>
    </div>
  )
}

function born({ bornOn, age }: BannerPatient): string | undefined {
  if (bornOn === undefined) return undefined
  return age === undefined ? longDate(bornOn) : `${longDate(bornOn)} (${age})`
}

function died({ died: on, age }: BannerPatient): string {
  const day = typeof on === 'string' ? longDate(on) : 'Date not known'
  return age === undefined ? day : `${day} (aged ${age.replace(/^(\d+)y$/, '$1')})`
}

/** One of the four states, in its fixed words. */
export function AllergyLine({ allergies }: { readonly allergies: AllergyState }): Safe {
  switch (allergies.state) {
    case 'known':
      return (
        <p class="app-banner__allergies app-banner__allergies--known">
          <strong class="app-banner__alert">Known allergies</strong>{' '}
          {allergies.allergies.map((allergy, place) => (
            <>
              {place === 0 ? '' : '; '}
              <a href={allergy.href ?? allergies.href}>{allergy.substance}</a>
              {allergyDetail(allergy)}
            </>
          ))}
        </p>
      )
    case 'none-known':
      return (
        <p class="app-banner__allergies">
          <strong>No known allergies</strong>
        </p>
      )
    case 'not-recorded':
      return (
        <p class="app-banner__allergies app-banner__allergies--unsure">
          <a href={allergies.href}>
            <strong>Allergies not recorded</strong>
          </a>
        </p>
      )
    case 'unavailable':
      return (
        <p class="app-banner__allergies app-banner__allergies--unsure">
          <a href={allergies.href}>
            <strong>Allergies unavailable</strong>
          </a>
          {allergies.missing.length > 0 ? `: ${listed(allergies.missing)} did not answer` : ''}
        </p>
      )
  }
}

function allergyDetail({ reaction, severe }: BannerAllergy): string {
  if (reaction === undefined) return severe ? ' (severe)' : ''
  return `: ${reaction}${severe ? ' (severe)' : ''}`
}
