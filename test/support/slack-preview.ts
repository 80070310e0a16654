import type { Json } from './slack-limits.ts'

/** A page that draws messages much as Slack does, to be looked at. A thread's replies stand below their message. */
export function drawSlackPreview(posts: readonly { readonly message: Json; readonly isReply: boolean }[]): string {
  const body = posts.map(({ message, isReply }) => {
    const blocks = list(message['blocks']).map(drawBlock).join('\n')
    return `<article class="${isReply ? 'reply' : ''}"><div class="face">C</div><div><b>Culprit</b> <small class="app">APP</small>\n${blocks}</div></article>`
  })
  return `<!doctype html><meta charset="utf-8"><title>Messages</title><style>${STYLE}</style>\n${body.join('\n')}\n`
}

function drawBlock(block: Json): string {
  switch (block['type']) {
    case 'rich_text':
      return `<div class="rich">${list(block['elements']).map(drawRich).join('')}</div>`
    case 'context':
      return `<div class="context">${list(block['elements'])
        .map((text) => escapeHtml(text['text']))
        .join(' ')}</div>`
    case 'actions':
      return `<div class="actions">${list(block['elements']).map(drawButton).join('')}</div>${list(block['elements']).map(drawDialog).join('')}`
    case 'image':
      return `<div class="picture">${escapeHtml(block['alt_text'])}</div>`
    default:
      throw new Error(`no picture of ${String(block['type'])}`)
  }
}

function drawRich(element: Json): string {
  const inner = () => list(element['elements']).map(drawRich).join('')
  switch (element['type']) {
    case 'rich_text_section':
      return `<div>${inner()}</div>`
    case 'rich_text_list':
      return `<ul>${list(element['elements'])
        .map((item) => `<li>${drawRich(item)}</li>`)
        .join('')}</ul>`
    case 'rich_text_preformatted':
      return `<pre>${inner()}</pre>`
    case 'text':
      return styled(element, escapeHtml(element['text']))
    case 'link':
      return styled(element, `<a>${escapeHtml(element['text'])}</a>`)
    case 'date':
      return new Date(Number(element['timestamp']) * 1000).toISOString().slice(11, 16)
    default:
      throw new Error(`no picture of ${String(element['type'])}`)
  }
}

function styled(element: Json, html: string): string {
  const style = (element['style'] ?? {}) as Json
  return style['bold'] === true ? `<b>${html}</b>` : html
}

function drawButton(button: Json): string {
  const text = escapeHtml((button['text'] as Json)['text'])
  return `<span class="button ${String(button['style'] ?? '')}">${text}</span>`
}

/** What Slack asks of whoever presses. */
function drawDialog(button: Json): string {
  if (!('confirm' in button)) return ''
  const { title, text, confirm, deny } = button['confirm'] as Record<string, Json>
  const [asks, says, yes, no] = [title, text, confirm, deny].map((part) => escapeHtml(part?.['text']))
  return `<div class="dialog"><b>${asks}</b><p>${says}</p><span class="button">${no}</span> <span class="button danger">${yes}</span></div>`
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : []
}

function escapeHtml(value: unknown): string {
  return String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

const STYLE = `
body { font: 15px/1.46 Lato, "Helvetica Neue", Arial, sans-serif; color: #1d1c1d; width: 720px; margin: 16px; }
article { display: flex; gap: 8px; margin-bottom: 16px; }
article.reply { margin-left: 44px; font-size: 15px; }
.face { flex: none; width: 36px; height: 36px; border-radius: 4px; background: #7c3085; color: #fff; text-align: center; line-height: 36px; }
.reply .face { width: 24px; height: 24px; line-height: 24px; font-size: 12px; }
.app { background: #eee; border-radius: 2px; font-size: 10px; padding: 1px 3px; color: #616061; }
.rich div { white-space: pre-wrap; overflow-wrap: anywhere; }
.rich pre { font: 12px/1.5 Monaco, Menlo, monospace; background: #f8f8f8; border: 1px solid #ddd; border-radius: 4px; padding: 8px; margin: 4px 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.rich ul { margin: 0; padding-left: 24px; }
.rich a { color: #1264a3; }
.context { font-size: 13px; color: #616061; margin: 6px 0; overflow-wrap: anywhere; }
.actions { display: flex; gap: 8px; flex-wrap: wrap; margin-top: 8px; }
.button { border: 1px solid #bbb; border-radius: 4px; padding: 3px 12px; font-weight: bold; font-size: 13px; }
.button.primary { background: #007a5a; color: #fff; border-color: #007a5a; }
.button.danger { color: #e01e5a; border-color: #e01e5a; }
.dialog { width: 360px; margin: 8px 0; padding: 12px; border-radius: 8px; box-shadow: 0 2px 12px #0003; }
.dialog p { margin: 6px 0 10px; }
.dialog .danger { background: #e01e5a; color: #fff; }
.picture { border: 1px dashed #bbb; border-radius: 8px; height: 120px; width: 460px; color: #616061; padding: 8px; margin: 8px 0; }`
