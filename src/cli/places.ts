import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder that holds package.json, whether this runs from src/ or from dist/. */
export const projectRoot: string = (() => {
  let at = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(at, 'package.json')) && dirname(at) !== at) at = dirname(at)
  return at
})()

export const migrationsFolder: string = join(projectRoot, 'migrations')
/** Built styles. */
export const assetsFolder: string = join(projectRoot, 'dist', 'assets')
