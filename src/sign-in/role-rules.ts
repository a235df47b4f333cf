/** Which national role and activity codes make somebody what here: from a file that an operator owns. @see docs/configuration.md */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { isStaffRole, type StaffRole } from '../access/index.ts'
import { Problem } from '../base/index.ts'

const code = z.string().regex(/^[A-Z]{1,2}\d{4}$/, 'expected a code such as R8000 or B0360')

const file = z.strictObject({
  /** ODS codes of the organisations that share this record; 'any' for all that the provider knows. */
  organisations: z.union([z.literal('any'), z.array(z.string().min(1)).min(1)]),
  /** The first rule whose codes are all in somebody's role gives them the role here. */
  rules: z
    .array(
      z.strictObject({
        codes: z.array(code).min(1),
        role: z.string().refine(isStaffRole, 'expected a role of the policy, such as clinician'),
      }),
    )
    .min(1),
})

export type RoleRules = {
  readonly organisations: 'any' | readonly string[]
  readonly rules: readonly { readonly codes: readonly string[]; readonly role: StaffRole }[]
}

/** @throws Problem 'invalid' naming the place in the file and what was expected */
export function readRoleRules(path: string): RoleRules {
  let json: unknown
  try {
    json = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new Problem(
      'invalid',
      'STAFF_ROLES_FILE cannot be read as JSON',
      'See that the file is there and is JSON.',
      cause,
    )
  }
  const parsed = file.safeParse(json)
  if (parsed.success)
    return {
      organisations: parsed.data.organisations,
      rules: parsed.data.rules.flatMap(({ codes, role }) => (isStaffRole(role) ? [{ codes, role }] : [])),
    }
  const [issue] = parsed.error.issues
  throw new Problem(
    'invalid',
    `STAFF_ROLES_FILE, at ${issue?.path.join('.') || 'its beginning'}: ${issue?.message ?? 'not readable'}`,
    'See docs/configuration.md.',
  )
}

/** @param codes R-codes and B-codes of one role. @returns undefined: none of the rules is for them */
export function roleFor({ rules }: RoleRules, codes: ReadonlySet<string>): StaffRole | undefined {
  return rules.find((rule) => rule.codes.every((one) => codes.has(one)))?.role
}
