import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** One source file of the project, its path relative to the root with forward slashes. */
export interface SourceFile {
  readonly path: string
  readonly text: string
  readonly lines: readonly string[]
  /** What it imports: project files as root-relative paths, packages by name, `node:` modules as they are. */
  readonly imports: readonly string[]
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^'"]*?from\s+['"]([^'"]+)['"]|(?:^|\n)\s*import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g

/** Every TypeScript file under the given folders. */
export function readSourceFiles(folders: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.c?tsx?$/.test(entry.name))
      .map((entry) => readSourceFile(join(entry.parentPath, entry.name))),
  )
}

function readSourceFile(path: string): SourceFile {
  const text = readFileSync(path, 'utf8')
  const imports = [...text.matchAll(IMPORT)].map((match) => resolveImport(path, match[1] ?? match[2] ?? match[3] ?? ''))
  return { path, text, lines: text.split('\n'), imports }
}

function resolveImport(from: string, to: string): string {
  return to.startsWith('.') ? normalize(join(dirname(from), to)) : packageName(to)
}

function packageName(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}
