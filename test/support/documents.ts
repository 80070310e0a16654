import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A fenced block of a page. */
export interface Block {
  /** Where its first line is, e.g. `README.md:12`. */
  readonly place: string
  /** What follows the fence, e.g. `sh`; empty for what is shown, not typed. */
  readonly language: string
  readonly text: string
  /** The comment right before it, which says what is to be made of it. */
  readonly remark: string
}

export interface Page {
  readonly path: string
  /** What is not in a block. */
  readonly prose: string
  readonly blocks: readonly Block[]
}

const FOLDERS = ['services', 'shared', 'deploy', 'dashboards']

/** The README and every page beside what it describes. */
export function readPages(): Page[] {
  const beside = FOLDERS.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.md') && !path.includes('node_modules'))
      .map((path) => join(folder, path)),
  )
  return ['README.md', ...beside.toSorted()].map((path) => parsePage(path, readFileSync(path, 'utf8')))
}

function parsePage(path: string, text: string): Page {
  const [prose, blocks]: [string[], Block[]] = [[], []]
  let open: { readonly language: string; readonly line: number; readonly held: string[] } | undefined
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^```(\w*)/.exec(line)
    if (fence === null) {
      ;(open?.held ?? prose).push(line)
    } else if (open === undefined) {
      open = { language: fence[1] ?? '', line: index + 2, held: [] }
    } else {
      const remark = /^<!-- (.*) -->$/.exec(prose.at(-1) ?? '')?.[1] ?? ''
      blocks.push({ place: `${path}:${open.line}`, language: open.language, text: open.held.join('\n'), remark })
      prose.push('')
      open = undefined
    }
  }
  if (open !== undefined) throw new Error(`${path}:${open.line}: the block has no end`)
  return { path, prose: prose.join('\n'), blocks }
}

/** What stands between backquotes in running text. */
export function readQuoted({ prose }: Page): string[] {
  return [...prose.matchAll(/`([^`]+)`/g)].map((match) => (match[1] ?? '').replace(/\s*\n\s*/g, ' '))
}
