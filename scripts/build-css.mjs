/**
 * Builds the stylesheet of each app: sass over nhsuk-frontend, without the rules that no page can meet, named by its content so
 * that browsers may keep it for ever. Writes dist/assets/{staff,patient}.<hash>.css, the icon, and manifest.json:
 * `{ "staff.css": "/assets/staff.<hash>.css", "patient.css": …, "icon.svg": … }`. Called by build.mjs and by tests of the budgets.
 */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { compile } from 'sass'
import { classesUsed, keepUsedRules } from './keep-used-rules.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const rooms = {
  staff: ['src/design', 'src/staff-app', 'src/record/summary'],
  patient: ['src/design', 'src/patient-app'],
}
const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#005eb8" d="M0 0h16v16H0z"/><path fill="none" stroke="#fff" stroke-width="2" d="M1 8h4l2-4 2 8 2-4h4"/></svg>'

/** The whole stylesheet of one app as text. */
export async function stylesheet(app) {
  const { css } = compile(join(root, 'src/design/css', `${app}.scss`), {
    loadPaths: [join(root, 'node_modules')],
    style: 'compressed',
    quietDeps: true,
  })
  const sources = (await Promise.all(rooms[app].map((room) => sourcesOf(join(root, room))))).flat()
  return keepUsedRules(css.replace(/^\ufeff|^@charset "[^"]*";/, ''), classesUsed(sources))
}

/** The optional module of one app, without its comments and indentation: it is small enough to need no other tool. */
export async function module(app) {
  const text = await readFile(join(root, 'src/design/browser', `${app}.js`), 'utf8')
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('//'))
    .join('\n')
}

async function sourcesOf(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const pages = entries.filter(({ name }) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name))
  return Promise.all(pages.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')))
}

/** Writes all and returns the manifest. */
export async function buildCss(folder = join(root, 'dist/assets')) {
  await mkdir(folder, { recursive: true })
  const made = {
    'staff.css': await stylesheet('staff'),
    'patient.css': await stylesheet('patient'),
    'icon.svg': icon,
    'staff.js': await module('staff'),
  }
  const manifest = {}
  const names = new Set(['manifest.json'])
  for (const [name, text] of Object.entries(made)) {
    const hashed = name.replace('.', `.${createHash('sha256').update(text).digest('hex').slice(0, 12)}.`)
    names.add(hashed)
    manifest[name] = `/assets/${hashed}`
    await writeFile(join(folder, hashed), text)
  }
  await writeFile(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  for (const old of await readdir(folder)) if (!names.has(old)) await rm(join(folder, old))
  return manifest
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(JSON.stringify(await buildCss(), null, 2))
}
