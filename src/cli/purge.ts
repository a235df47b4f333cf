import { forgetDrafts, forgetSessions } from '../access/index.ts'
import type { Clock, Log, Pool } from '../base/index.ts'
import { forgetAttempts } from '../sign-in/index.ts'
import { forgetArtifacts } from '../smart-apps/index.ts'

const everyMs = 600_000

/** Deletes what nobody can use any more: sessions, sign-ins under way, drafts, what apps were given. @returns how many, by kind */
export async function purge(sql: Pool, now: Date): Promise<Readonly<Record<string, number>>> {
  return {
    sessions: await forgetSessions(sql, now),
    attempts: await forgetAttempts(sql, now),
    drafts: await forgetDrafts(sql, now),
    artifacts: await forgetArtifacts(sql, now),
  }
}

/** Every ten minutes, and once at the start. One that fails is told, and tried again at the next time. */
export function startPurge({ pool, clock, log }: { readonly pool: Pool; readonly clock: Clock; readonly log: Log }): {
  stop(): Promise<void>
} {
  let running: Promise<void> = Promise.resolve()
  const run = () => {
    running = purge(pool, clock()).then(
      (gone) => {
        if (Object.values(gone).some((many) => many > 0)) log.info(gone, 'deleted what nobody can use any more')
      },
      () => log.warn({}, 'what nobody can use any more could not be deleted; it is tried again'),
    )
  }
  run()
  const timer = setInterval(run, everyMs)
  return {
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}
