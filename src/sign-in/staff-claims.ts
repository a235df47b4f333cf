/** From what CIS2 vouches for to a member of staff at work in one role. @see facts: userinfo claims of NHS CIS2 Authentication */
import { z } from 'zod'
import type { Staff } from '../access/index.ts'
import type { Proven } from './provider.ts'
import type { Refused } from './refusals.ts'
import { type RoleRules, roleFor } from './role-rules.ts'

/** One role that somebody may work in. */
export type RoleChoice = { readonly roleId: string; readonly staff: Staff }

/** In one role; or several to choose from, since none was chosen at the provider. */
export type StaffProven =
  | { readonly staff: Staff; readonly assurance: string }
  | { readonly choices: readonly RoleChoice[]; readonly assurance: string }

const text = z.string().max(200)
const national = z.object({
  person_roleid: text,
  org_code: text,
  role_name: text.optional(),
  /** `S8001:G8005:R8000`: activity set, job group, role. */
  role_code: text,
  activity_codes: z.array(text).optional(),
})
const claimsShape = z.object({
  name: text.optional(),
  display_name: text.optional(),
  given_name: text.optional(),
  family_name: text.optional(),
  nhsid_useruid: text.optional(),
  selected_roleid: text.optional(),
  nhsid_nrbac_roles: z.array(z.unknown()).optional(),
  nhsid_user_orgs: z.array(z.object({ org_code: text, org_name: text.optional() })).optional(),
})

/** Where the SDS user id of a member of staff stands in facts. */
const sdsUserId = 'https://fhir.nhs.uk/Id/sds-user-id'

/**
 * @param acrs the levels of assurance that we admit; the provider may answer with another than was asked for
 * @param chosen the person_roleid that somebody chose on our page; absent: the one chosen at the provider, if any
 */
export function staffOf(
  { idToken, userinfo, subject }: Proven,
  { rules, acrs, chosen }: { readonly rules: RoleRules; readonly acrs: readonly string[]; readonly chosen?: string },
): StaffProven | Refused {
  const acr = typeof idToken.acr === 'string' ? idToken.acr : ''
  if (!acrs.includes(acr)) return { refused: 'too-weak', why: `acr ${acr.slice(0, 40) || 'absent'}` }
  const parsed = claimsShape.safeParse({ ...idToken, ...userinfo })
  if (!parsed.success) return { refused: 'not-trusted', why: 'user info of another shape' }
  const claims = parsed.data
  // A role that cannot be read gives nothing; it does not take the others away.
  const roles = (claims.nhsid_nrbac_roles ?? []).flatMap((role) => national.safeParse(role).data ?? [])
  const wanted = chosen ?? claims.selected_roleid
  const mine = wanted === undefined ? roles : roles.filter((role) => role.person_roleid === wanted)
  if (wanted !== undefined && mine.length === 0)
    return { refused: 'not-their-role', why: 'the role chosen is none of theirs' }
  const here = mine.filter((role) => rules.organisations === 'any' || rules.organisations.includes(role.org_code))
  if (mine.length > 0 && here.length === 0)
    return { refused: 'other-organisation', why: `organisation ${mine[0]?.org_code.slice(0, 12) ?? ''}` }
  const name = nameOf(claims) ?? subject
  const choices = here.flatMap((role): readonly RoleChoice[] => {
    const codes = [...role.role_code.split(':'), ...(role.activity_codes ?? [])].map((one) => one.trim().toUpperCase())
    const is = roleFor(rules, new Set(codes))
    if (is === undefined) return []
    const organisation =
      claims.nhsid_user_orgs?.find(({ org_code: of }) => of === role.org_code)?.org_name ?? role.org_code
    const uid = claims.nhsid_useruid
    return [
      {
        roleId: role.person_roleid,
        staff: {
          kind: 'staff',
          id: subject,
          name,
          role: is,
          organisation: { code: role.org_code, name: organisation },
          ...(uid === undefined ? {} : { codes: [`${sdsUserId}|${uid}`] }),
        },
      },
    ]
  })
  const [only] = choices
  if (only === undefined)
    return { refused: 'no-role', why: roles.length === 0 ? 'no national role' : 'no role that this record knows' }
  return choices.length === 1 ? { staff: only.staff, assurance: acr } : { choices, assurance: acr }
}

function nameOf({
  name,
  display_name: shown,
  given_name: given,
  family_name: family,
}: z.infer<typeof claimsShape>): string | undefined {
  const whole = name ?? shown ?? [given, family].filter((part) => part !== undefined).join(' ')
  return whole.trim() === '' ? undefined : whole.trim()
}
