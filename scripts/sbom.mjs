/**
 * Writes what this program is made of as CycloneDX JSON, from the lock file alone: no network, the same answer each time.
 * Usage: node scripts/sbom.mjs [<file>]; without a file, to stdout.
 */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'

const root = new URL('..', import.meta.url)
const lockText = readFileSync(new URL('package-lock.json', root), 'utf8')
const { name, version, packages } = JSON.parse(lockText)

const components = Object.entries(packages)
  .filter(([path]) => path !== '')
  .map(([path, one]) => {
    const named = one.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    const purl = `pkg:npm/${named.replace('@', '%40')}@${one.version}`
    return {
      type: 'library',
      'bom-ref': `${purl}#${path}`,
      name: named,
      version: one.version,
      scope: one.dev ? 'excluded' : one.optional ? 'optional' : 'required',
      purl,
      ...(one.integrity ? { hashes: [hashOf(one.integrity)] } : {}),
      ...(one.license ? { licenses: [{ license: { name: one.license } }] } : {}),
    }
  })
  .sort((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1))

function hashOf(integrity) {
  const [algorithm, digest] = integrity.split(' ')[0].split('-')
  return { alg: algorithm.toUpperCase().replace('SHA', 'SHA-'), content: Buffer.from(digest, 'base64').toString('hex') }
}

const serial = createHash('sha256').update(lockText).digest('hex')
const bom = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  serialNumber: `urn:uuid:${serial.slice(0, 8)}-${serial.slice(8, 12)}-5${serial.slice(13, 16)}-8${serial.slice(17, 20)}-${serial.slice(20, 32)}`,
  version: 1,
  metadata: { component: { type: 'application', 'bom-ref': 'throughline', name, version } },
  components,
}
const text = `${JSON.stringify(bom, null, 2)}\n`
if (process.argv[2]) writeFileSync(process.argv[2], text)
else process.stdout.write(text)
