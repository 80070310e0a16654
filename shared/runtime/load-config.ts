import { type Document, isMap, isScalar, LineCounter, type Pair, parseDocument } from 'yaml'
import { z } from 'zod'
import { InputError } from './errors.ts'
import { nearestName } from './nearest-name.ts'

/** Where the settings come from; both may be absent. The environment is applied over the file. */
export interface ConfigSources {
  readonly file?: { readonly path: string; readonly text: string }
  /** `CULPRIT_DETECTION__MINIMUM_RATIO=1.5` is `detection: { minimum_ratio: 1.5 }`. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Which settings, by their dotted paths, only the environment may say. */
  readonly notInFile?: RegExp
}

/** One setting from the environment. */
interface EnvironmentSetting {
  readonly variable: string
  readonly path: readonly string[]
  readonly raw: string
}

type Path = readonly PropertyKey[]

const PREFIX = 'CULPRIT_'
/**
 * These are no settings: what a process is told otherwise, and what Kubernetes sets for a service called culprit, whose names
 * have no two underscores in a row.
 */
const NOT_A_SETTING = /^CULPRIT_(DEBUG|SERVER|TOKEN|(?!.*__)((.*_)?SERVICE_(HOST|PORT)(_.*)?|(.*_)?PORT(_\d+_.*)?))$/
const NAMES_SHOWN = 12

/**
 * The configuration that the sources make, checked against `schema`.
 * @throws InputError naming the file and line, or the variable, of the first thing wrong, with the nearest right name.
 */
export function loadConfig<Config>(schema: z.ZodType<Config>, sources: ConfigSources): Config {
  const file = sources.file === undefined ? undefined : parseFile(sources.file)
  const settings = readEnvironment(sources.environment)
  const written = file === undefined ? {} : withoutEmpty(file.document.toJS())
  if (file !== undefined) refuseWritten(written, file, sources.notInFile)
  let merged = applySettings(written, settings, () => undefined)
  let result = schema.safeParse(merged)
  if (result.success) return result.data
  // A variable is text. Where the schema wants something else there, it is read as YAML would read it.
  const refused = new Set(result.error.issues.map((issue) => pathKey(issue.path)))
  merged = applySettings(written, settings, (setting) => (refused.has(pathKey(setting.path)) ? setting.raw : undefined))
  result = schema.safeParse(merged)
  if (result.success) return result.data
  throw toInputError(result.error.issues, { schema, settings, file })
}

interface ParsedFile {
  readonly path: string
  readonly document: Document
  readonly lines: LineCounter
}

function parseFile({ path, text }: { path: string; text: string }): ParsedFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [error] = document.errors
  if (error !== undefined) {
    const reason = error.message.split('\n')[0] ?? 'not YAML'
    throw new InputError(`${path}:${lines.linePos(error.pos[0]).line}: ${reason}: correct the YAML there`)
  }
  if (document.contents !== null && !isMap(document.contents) && document.toJS() !== null) {
    throw new InputError(
      `${path}:1: the configuration must be a list of settings such as "detection:": correct the file`,
    )
  }
  return { path, document, lines }
}

/** A key with nothing after it was emptied or commented out: it counts as not written. */
function withoutEmpty(value: unknown): Record<string, unknown> {
  if (!isRecord(value)) return {}
  const entries = Object.entries(value).filter(([, entry]) => entry !== null && entry !== undefined)
  return Object.fromEntries(entries.map(([key, entry]) => [key, isRecord(entry) ? withoutEmpty(entry) : entry]))
}

/** @throws InputError for the first setting in the file that may not be there. */
function refuseWritten(written: Record<string, unknown>, file: ParsedFile, notInFile: RegExp | undefined): void {
  const refuse = (node: Record<string, unknown>, path: readonly string[]): void => {
    for (const [key, value] of Object.entries(node)) {
      const inner = [...path, key]
      if (isRecord(value)) refuse(value, inner)
      else if (notInFile?.test(dotted(inner)) === true)
        throw new InputError(
          `${file.path}:${lineOf(inner, file)}: ${dotted(inner)} may not be in this file: name a file of its own as ${dotted(inner)}_file, or set ${PREFIX}${inner.join('__').toUpperCase()}`,
        )
    }
  }
  if (notInFile !== undefined) refuse(written, [])
}

function readEnvironment(environment: ConfigSources['environment']): EnvironmentSetting[] {
  const settings: EnvironmentSetting[] = []
  for (const [variable, raw] of Object.entries(environment)) {
    if (raw === undefined || !variable.startsWith(PREFIX) || NOT_A_SETTING.test(variable)) continue
    settings.push({ variable, raw, path: variable.slice(PREFIX.length).toLowerCase().split('__') })
  }
  return settings.toSorted((a, b) => (a.variable < b.variable ? -1 : 1))
}

/** `yaml` says which settings are read as YAML: their text, or undefined for those that are taken as text. */
function applySettings(
  written: Record<string, unknown>,
  settings: readonly EnvironmentSetting[],
  yaml: (setting: EnvironmentSetting) => string | undefined,
): Record<string, unknown> {
  const merged = structuredClone(written)
  for (const setting of settings) {
    const text = yaml(setting)
    setPath(merged, setting.path, text === undefined ? setting.raw : readScalar(text))
  }
  return merged
}

function readScalar(text: string): unknown {
  const document = parseDocument(text, { prettyErrors: false })
  return document.errors.length > 0 ? text : document.toJS()
}

function setPath(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let node = target
  for (const [index, key] of path.entries()) {
    if (index === path.length - 1) {
      node[key] = value
      return
    }
    const next = Object.hasOwn(node, key) ? node[key] : undefined
    const inner: Record<string, unknown> = isRecord(next) ? next : {}
    node[key] = inner
    node = inner
  }
}

interface ErrorContext {
  readonly schema: z.ZodType
  readonly settings: readonly EnvironmentSetting[]
  readonly file: ParsedFile | undefined
}

function toInputError(issues: readonly z.core.$ZodIssue[], context: ErrorContext): InputError {
  const [issue] = issues
  if (issue === undefined) return new InputError('the configuration is wrong: see the documentation')
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : ''
  if (issue.code === 'unrecognized_keys') {
    const path = [...issue.path, issue.keys[0] ?? '']
    return new InputError(
      `${whereIs(path, context)}: unknown setting ${dotted(path)}: ${suggestion(path, context.schema)}${more}`,
    )
  }
  // Never the value itself: it may be a secret.
  const reason = issue.message.replace(/^(Invalid input|Invalid option|Too small|Too big|Invalid string): /, '')
  return new InputError(`${whereIs(issue.path, context)}: wrong value of ${dotted(issue.path)}: ${reason}${more}`)
}

/** `culprit.yaml:12`, or the variable that said it. */
function whereIs(path: Path, { settings, file }: ErrorContext): string {
  const key = pathKey(path)
  const setting = settings.find((candidate) => {
    const candidateKey = pathKey(candidate.path)
    return candidateKey === key || candidateKey.startsWith(`${key}\u0000`)
  })
  if (setting !== undefined) return setting.variable
  return file === undefined ? 'configuration' : `${file.path}:${lineOf(path, file)}`
}

/** The line of the deepest key of the path that was written. */
function lineOf(path: Path, { document, lines }: ParsedFile): number {
  let node: unknown = document.contents
  let line = 1
  for (const segment of path) {
    const key = isMap(node) ? node.items.find((pair) => isKey(pair, segment)) : undefined
    if (key === undefined) break
    if (isScalar(key.key) && key.key.range) line = lines.linePos(key.key.range[0]).line
    node = key.value
  }
  return line
}

function isKey(pair: Pair, segment: PropertyKey): boolean {
  return isScalar(pair.key) && String(pair.key.value) === String(segment)
}

function suggestion(path: Path, schema: z.ZodType): string {
  const name = String(path.at(-1))
  const root: unknown = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  const siblings = Object.keys(propertiesOf(schemaAt(root, path.slice(0, -1))))
  const near = nearestName(name, siblings)
  if (near !== undefined) return `did you mean ${near}?`
  const elsewhere = findProperty(root, name)
  if (elsewhere !== undefined) return `did you mean ${elsewhere}?`
  return `known here: ${siblings.slice(0, NAMES_SHOWN).join(', ')}`
}

function schemaAt(node: unknown, path: Path): unknown {
  const [segment, ...rest] = path
  if (segment === undefined) return node
  const properties = propertiesOf(node)
  const key = String(segment)
  if (Object.hasOwn(properties, key)) return schemaAt(properties[key], rest)
  return schemaAt(isRecord(node) ? node['additionalProperties'] : undefined, rest)
}

/** The dotted path of a setting of this name anywhere in the schema. */
function findProperty(node: unknown, name: string): string | undefined {
  for (const [key, value] of Object.entries(propertiesOf(node))) {
    if (key === name) return key
    const inner = findProperty(value, name)
    if (inner !== undefined) return `${key}.${inner}`
  }
  return undefined
}

function propertiesOf(node: unknown): Record<string, unknown> {
  const properties = isRecord(node) ? node['properties'] : undefined
  return isRecord(properties) ? properties : {}
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function dotted(path: Path): string {
  return path.length === 0 ? 'the configuration' : path.map(String).join('.')
}

function pathKey(path: Path): string {
  return path.map(String).join('\u0000')
}
