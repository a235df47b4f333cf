/** Sign-in as the demo has it, for pages without a whole server: the same client, and the stand-in within this process. */
import { fileURLToPath } from 'node:url'
import { type StandIn, type StandInPeople, standInProvider } from '../../src/access/index.ts'
import type { Clock, Pool } from '../../src/base/index.ts'
import { type Doors, makeDoors, readRoleRules, type SignInSettings } from '../../src/sign-in/index.ts'
import { testSecrets } from './secrets.ts'

export const shippedRules = readRoleRules(fileURLToPath(new URL('../../deploy/staff-roles.json', import.meta.url)))

export const demoSettings: SignInSettings = {
  staffRules: shippedRules,
  acrValues: 'AAL2_OR_AAL3_ANY',
  acrs: ['AAL3_ANY', 'AAL2_ANY', 'AAL2_OR_AAL3_ANY'],
  strongAcrs: ['AAL3_ANY'],
  vectors: ['P9.Cp.Cd', 'P9.Cp.Ck', 'P9.Cm'],
  ageMin: 13,
}

export async function demoSignIn(
  sql: Pool,
  clock: Clock,
  people: StandInPeople,
): Promise<{ readonly standIn: StandIn | undefined; readonly doors: Doors }> {
  const standIn = standInProvider('demo', () => people)
  const doors = await makeDoors({
    sql,
    clock,
    settings: demoSettings,
    publicUrl: () => 'http://127.0.0.1:8420',
    mode: 'demo',
    standIn,
    secrets: testSecrets,
  })
  return { standIn, doors }
}
