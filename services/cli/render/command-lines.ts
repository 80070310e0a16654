import { textWidth } from '../../../shared/faces/text-layout.ts'
import { visibleText } from '../../../shared/faces/visible-text.ts'

/** A shell command on as many lines of `columns` as it needs, joined by backslashes so that it can still be pasted. */
export function wrapCommand(command: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of splitShellWords(visibleText(command))) {
    const joined = line === '' ? word : `${line} ${word}`
    // Room for the backslash. A word that fits on no line stays whole: a cut command is a wrong command.
    if (line === '' || textWidth(joined) <= columns - 2) {
      line = joined
      continue
    }
    lines.push(`${line} \\`)
    line = word
  }
  return line === '' ? lines : [...lines, line]
}

/** Split at the spaces that a shell would split at: not inside quotes, nor after a backslash. */
function splitShellWords(command: string): string[] {
  return command.match(/(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*"|['"\\])+/g) ?? []
}
