/**
 * What Slack refuses in a message, by its documented limits (docs.slack.dev/reference/block-kit): the paths of what is wrong.
 * Written from the documentation, apart from the product's own types.
 */
export function findBlockErrors(message: Json): string[] {
  const errors: string[] = []
  const blocks = listAt(message, 'blocks')
  const check = (isRight: boolean, path: string): void => {
    if (!isRight) errors.push(path)
  }
  check(textAt(message, 'text').length > 0, 'text: missing')
  check(textAt(message, 'text').length <= 4_000, 'text: over 4,000 characters is cut')
  check(blocks.length <= 50, 'blocks: more than 50')
  for (const [index, block] of blocks.entries()) checkBlock(block, `blocks/${index}`, check)
  return errors
}

export type Json = Readonly<Record<string, unknown>>
type Check = (isRight: boolean, path: string) => void

function checkBlock(block: Json, path: string, check: Check): void {
  switch (block['type']) {
    case 'rich_text':
      check(listAt(block, 'elements').length > 0, `${path}: no elements`)
      for (const [index, element] of listAt(block, 'elements').entries())
        checkRich(element, `${path}/elements/${index}`, check)
      return
    case 'context':
      check(within(listAt(block, 'elements').length, 1, 10), `${path}: 1 to 10 elements`)
      for (const element of listAt(block, 'elements')) checkText(element, { path, check, max: 3_000 })
      return
    case 'actions':
      check(within(listAt(block, 'elements').length, 1, 25), `${path}: 1 to 25 elements`)
      for (const button of listAt(block, 'elements')) checkButton(button, path, check)
      check(
        isUnique(listAt(block, 'elements').map((button) => textAt(button, 'action_id'))),
        `${path}: action_id twice`,
      )
      return
    case 'image':
      check(within(textAt(block, 'alt_text').length, 1, 2_000), `${path}: alt_text of 1 to 2,000`)
      check('slack_file' in block || 'image_url' in block, `${path}: no picture`)
      return
    case 'divider':
      return
    case 'header':
      checkText(block['text'] as Json, { path, check, max: 150 })
      return
    case 'section':
      checkText(block['text'] as Json, { path, check, max: 3_000 })
      return
    default:
      check(false, `${path}: unknown type ${String(block['type'])}`)
  }
}

const RICH_CONTAINERS = new Set(['rich_text_section', 'rich_text_list', 'rich_text_preformatted', 'rich_text_quote'])

function checkRich(element: Json, path: string, check: Check): void {
  const type = String(element['type'])
  if (RICH_CONTAINERS.has(type)) {
    check(listAt(element, 'elements').length > 0, `${path}: empty ${type}`)
    const inner = type === 'rich_text_list' ? ['rich_text_section'] : ['text', 'link', 'date', 'emoji']
    for (const [index, child] of listAt(element, 'elements').entries()) {
      check(inner.includes(String(child['type'])), `${path}/${index}: ${String(child['type'])} in ${type}`)
      checkRich(child, `${path}/elements/${index}`, check)
    }
    return
  }
  if (type === 'text') check(within(textAt(element, 'text').length, 1, 3_000), `${path}: text of 1 to 3,000`)
  else if (type === 'link') check(within(textAt(element, 'url').length, 1, 3_000), `${path}: url of 1 to 3,000`)
  else if (type === 'date') check(Number.isInteger(element['timestamp']), `${path}: timestamp is no whole second`)
  else check(false, `${path}: unknown ${type}`)
}

function checkButton(button: Json, path: string, check: Check): void {
  check(button['type'] === 'button', `${path}: not a button`)
  check(within(textAt(button, 'action_id').length, 1, 255), `${path}: action_id of 1 to 255`)
  check(textAt(button, 'value').length <= 2_000, `${path}: value over 2,000`)
  check(textAt(button, 'url').length <= 3_000, `${path}: url over 3,000`)
  const { style } = button as { style?: unknown }
  check(style === undefined || style === 'primary' || style === 'danger', `${path}: style`)
  const text = button['text'] as Json
  check(text['type'] === 'plain_text', `${path}: a button's text is plain`)
  checkText(text, { path, check, max: 75 })
  if ('confirm' in button) checkDialog(button['confirm'] as Json, `${path}/confirm`, check)
}

function checkDialog(dialog: Json, path: string, check: Check): void {
  for (const [part, max] of [
    ['title', 100],
    ['text', 300],
    ['confirm', 30],
    ['deny', 30],
  ] as const)
    checkText((dialog[part] ?? {}) as Json, { path: `${path}/${part}`, check, max })
  check(
    dialog['style'] === undefined || dialog['style'] === 'primary' || dialog['style'] === 'danger',
    `${path}: style`,
  )
}

function checkText(text: Json, { path, check, max }: { path: string; check: Check; max: number }): void {
  check(text['type'] === 'plain_text' || text['type'] === 'mrkdwn', `${path}: no text object`)
  check(within(textAt(text, 'text').length, 1, max), `${path}: text of 1 to ${max}`)
}

function within(value: number, min: number, max: number): boolean {
  return value >= min && value <= max
}

function isUnique(values: readonly string[]): boolean {
  return new Set(values).size === values.length
}

function textAt(object: Json, key: string): string {
  const value = object[key]
  return typeof value === 'string' ? value : ''
}

function listAt(object: Json, key: string): Json[] {
  const value = object[key]
  return Array.isArray(value) ? (value as Json[]) : []
}
