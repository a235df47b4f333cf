import type { FastifyRequest } from 'fastify'
import { openSystem, withTrail } from '../access/index.ts'
import { type Clock, type Pool, Problem } from '../base/index.ts'
import type { Tokens } from '../fhir-api/index.ts'

/**
 * Who may send messages to `/feeds/<source>/messages`: a system with a token that may create, for its own source; in the demo any source,
 * which is declared when it is new. Leaves the audit line before anything is read of the body.
 */
export function authoriseFeed({
  pool,
  clock,
  tokens,
  declare,
}: {
  readonly pool: Pool
  readonly clock: Clock
  readonly tokens: Tokens
  readonly declare?: (source: string) => Promise<void>
}): (request: FastifyRequest, source: string) => Promise<void> {
  return async (request, source) => {
    const { client, scopes } = tokens.callerOf(request.headers.authorization)
    const actor = {
      kind: 'system' as const,
      id: client.id,
      name: client.name,
      scopes: [...scopes].map(
        ([type, rights]) =>
          `system/${type}.${['c', 'r', 'u', 'd', 's'].filter((right) => rights.has(right as never)).join('')}`,
      ),
    }
    const mayTry = declare !== undefined || client.source === source
    await withTrail(pool, (tx) =>
      openSystem(tx, actor, {
        what: 'feed-message',
        interaction: 'create',
        type: '*',
        now: clock(),
        detail: { source, allowed: mayTry },
        address: request.ip,
        requestId: request.id,
      }),
    )
    if (!mayTry) throw new Problem('forbidden', 'This client may not speak for that source', 'Send as your own source.')
    await declare?.(source)
  }
}
