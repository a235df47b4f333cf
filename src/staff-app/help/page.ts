import type { FastifyInstance } from 'fastify'
import type { StaffNeeds } from '../needs.ts'
import { routes } from '../paths.ts'
import { sendPage, visitIfAny } from '../visit.ts'
import { keyboardView } from './keyboard-view.tsx'
import { helpView } from './view.tsx'
import { wordsView } from './words-view.tsx'

/** Help, also for those who have not signed in. */
export function helpPage(app: FastifyInstance, { assets, demo }: StaffNeeds): void {
  app.get(routes.help, async (request, reply) =>
    sendPage(reply, helpView({ shell: visitIfAny(request)?.shell ?? { assets, demo } })),
  )
  app.get(routes.keyboard, async (request, reply) =>
    sendPage(reply, keyboardView({ shell: visitIfAny(request)?.shell ?? { assets, demo } })),
  )
  app.get(routes.words, async (request, reply) =>
    sendPage(reply, wordsView({ shell: visitIfAny(request)?.shell ?? { assets, demo } })),
  )
}
