/*
 * Parses a combined log by a regular expression in ClickHouse's SQL, stores it, and prints how many rows there are:
 * what one would do without this product. node --import tsx test/bench/ingest-by-sql.ts access.log folder
 */
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { openEmbeddedStore } from '../../shared/store/chdb.ts'

const [log = '', folder = ''] = process.argv.slice(2)
const PATTERN = String.raw`^(\S+) \S+ \S+ \[([^\]]+)\] "(\S+) ([^ ?"]+)[^"]*" (\d+) (\d+) "[^"]*" "([^"]*)"`
const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

const store = await openEmbeddedStore({ path: mkdtempSync(join(folder, 'sql-')) })
await store.command(`INSERT INTO access_events (ts, env, service, method, path, status, bytes, client, user_agent, count)
  SELECT parseDateTimeInJodaSyntax(part[2], 'dd/MMM/yyyy:HH:mm:ss Z', 'UTC'), 'prod', 'web', part[3], part[4],
    toUInt16(part[5]), toUInt64(part[6]), part[1], part[7], 1
  FROM (SELECT extractGroups(line, ${quoted(PATTERN)}) AS part FROM file(${quoted(log)}, LineAsString))`)
const [stored] = await store.query(z.object({ total: z.coerce.number() }), 'SELECT count() AS total FROM access_events')
process.stdout.write(`${stored?.total}\n`, () => process.exit(0))
