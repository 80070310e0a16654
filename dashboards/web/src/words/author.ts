/** Who the viewer says they are; kept in this browser. */

const STORED_AS = 'culprit-author'

export function readAuthor(): string {
  return localStorage.getItem(STORED_AS) ?? ''
}

export function saveAuthor(author: string): void {
  localStorage.setItem(STORED_AS, author)
}
