import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const POM = fileURLToPath(new URL('kafka-broker.pom.xml', import.meta.url))
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies'
const FETCH_MS_MAX = 10 * 60_000

/**
 * The directory with a Kafka broker's jars, fetched by Maven the first time, into the user's cache.
 * @throws when they are not there and Maven is not, or can't fetch them.
 */
export async function kafkaJars(): Promise<string> {
  const version = /<version>(\d+\.\d+\.\d+)<\/version>/.exec(readFileSync(POM, 'utf8'))?.[1]
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'culprit')
  const jars = join(cache, `kafka-${version}`)
  if (existsSync(jars)) return jars
  await mkdir(cache, { recursive: true })
  const fetched = await mkdtemp(join(cache, 'fetching-'))
  try {
    const args = ['-q', '-B', '-f', POM, COPY, '-DincludeScope=runtime', `-DoutputDirectory=${fetched}`]
    await promisify(execFile)('mvn', args, { timeout: FETCH_MS_MAX })
    await rename(fetched, jars)
  } catch (error) {
    await rm(fetched, { recursive: true, force: true })
    // Another run fetched them meanwhile.
    if (!existsSync(jars)) throw error
  }
  return jars
}
