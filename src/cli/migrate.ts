import { migrate } from '../store/index.ts'
import type { Command } from './command.ts'
import { openDatabase } from './database.ts'
import { openLog } from './log.ts'
import { migrationsFolder } from './places.ts'

export const migrateCommand: Command = {
  usage: '',
  about: 'Bring the database to the newest form.',
  async run({ config, json }) {
    const database = await openDatabase(config, openLog(config).log, { exclusive: false })
    try {
      const ran = await migrate(database.pool, migrationsFolder)
      console.log(
        json
          ? JSON.stringify({ ran })
          : ran.length === 0
            ? 'Nothing to do: the database is up to date.'
            : `Ran ${ran.join(', ')}.`,
      )
      return 0
    } finally {
      await database.close()
    }
  },
}
