import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Pipeline } from '../feeds/index.ts'
import { projectRoot } from './places.ts'

/** What `/metrics` tells: how fast pages answer by route, how many messages are under way, and the process itself. */
export function measure({ pipeline }: { readonly pipeline: Pipeline }) {
  const register = new Registry()
  collectDefaultMetrics({ register })
  const answers = new Histogram({
    name: 'throughline_http_seconds',
    help: 'Time to answer, by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers: [register],
  })
  new Gauge({
    name: 'throughline_messages_under_way',
    help: 'Messages being kept or applied',
    registers: [register],
    collect() {
      this.set(pipeline.depth())
    },
  })
  const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
    readonly version: string
  }
  return {
    version,
    contentType: register.contentType,
    text: () => register.metrics(),
    answered: ({
      seconds,
      ...labels
    }: {
      readonly method: string
      readonly route: string
      readonly status: number
      readonly seconds: number
    }) => answers.observe(labels, seconds),
  }
}
