import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { escapeHtml, html } from '../../../../../services/cli/render/html.ts'
import { renderReport } from '../../../../../services/cli/render/report.ts'
import { calm, gallery } from '../incident-gallery.ts'
import { change, deploy, incident, replayResult, view } from '../incident-samples.ts'

const all = renderReport(replayResult(Object.values(gallery)))

/** The tags of a page that are open where it ends, or that are closed without being open. */
function unbalancedTags(page: string): string[] {
  const open: string[] = []
  const wrong: string[] = []
  const withoutStyle = page.replace(/<style>[\s\S]*?<\/style>/, '')
  for (const [, close, name = '', self] of withoutStyle.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^<>]*?(\/?)>/g)) {
    if (self === '/' || name === 'meta') continue
    if (close !== '/') open.push(name)
    else if (open.pop() !== name) wrong.push(name)
  }
  return [...open, ...wrong]
}

test('text is escaped, markup is not escaped twice', () => {
  expect(escapeHtml(`<a href="x" title='y'>&`)).toBe('&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;')
  expect(html`<p>${'<b>'}${html`<i>${'&'}</i>`}${[html`1`, html`2`]}${3}</p>`.markup).toBe(
    '<p>&lt;b&gt;<i>&amp;</i>123</p>',
  )
})

test('every story makes a page whose tags are closed', () => {
  expect(unbalancedTags(all)).toEqual([])
  expect(unbalancedTags(renderReport(calm))).toEqual([])
})

test('nothing that somebody wrote into a log or a change runs in the page', () => {
  const page = renderReport(replayResult([gallery['hostile'] ?? view(incident())]))
  expect(page).not.toMatch(/<(script|img|iframe|object|embed|link|base|form)\b/i)
  expect(page).not.toMatch(/<[^>]+\son\w+=/i)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left
  expect(page).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
})

test('only web addresses become links', () => {
  const linked = (url: string) => {
    const of = { ...deploy, url }
    const suspects = [{ changeId: 'd42', probability: 0.9, change: of, evidence: [] }]
    return renderReport(replayResult([view(incident({ suspects }), { changes: [of] })]))
  }
  expect(linked('https://ci.example.net/1?a="b')).toContain('<a href="https://ci.example.net/1?a=&quot;b"')
  expect(linked('javascript:alert(1)')).not.toContain('href="javascript')
  expect(linked('data:text/html,x')).not.toContain('href="data')
})

test('the page loads nothing and may apply no style but its own', () => {
  const style = /<style>([\s\S]*?)<\/style>/.exec(all)?.[1] ?? ''
  const hash = createHash('sha256').update(style).digest('base64')
  expect(all).toContain(`content="default-src 'none'; style-src 'sha256-${hash}';`)
  expect(all).not.toMatch(/<[^>]+\s(src|srcset|xlink:href|style)=/)
  expect(style).not.toMatch(/@import|url\(/)
  expect([...all.matchAll(/href="([^"]*)"/g)].every(([, target]) => target?.startsWith('#'))).toBe(true)
})

test('an incident is told in order: what, since when, what did it, what to do, what was ruled out', () => {
  const page = renderReport(replayResult([view(incident())]))
  const order = [
    'checkout was failing 8.1 % of requests',
    '2 Oct 14:03:10 – 14:19 UTC · 745 errors in 16 min · 1 in 12 requests · seen after 20 s',
    'Very likely: deploy v42 by ana, 20 s before the first errors.',
    'What did it',
    'v42 fails 8.1 % of 9,014 requests',
    'Do this',
    'kubectl -n prod rollout undo deployment/checkout',
    'Ruled out',
    'config search #71 began 4 min after the first errors',
    'Timeline',
  ]
  const positions = order.map((text) => page.indexOf(text))
  expect(positions).not.toContain(-1)
  expect(positions).toEqual(positions.toSorted((a, b) => a - b))
})

test('a gap in the data is a gap in the line', () => {
  const of = view(incident())
  const gap = of.chart.total.points.map((point, index) => (index === 50 ? { requests: 0, errors: 0 } : point))
  const lines = (points: typeof gap) => {
    const total = { name: 'checkout', points }
    const page = renderReport(replayResult([{ ...of, chart: { ...of.chart, total, versions: [] } }]))
    return [...page.matchAll(/<polyline/g)].length
  }
  expect(lines([...of.chart.total.points])).toBe(2)
  // The narrow drawing adds several steps together and closes it.
  expect(lines(gap)).toBe(3)
})

test('every chart has its numbers in a table', () => {
  const charts = [...all.matchAll(/<figure>/g)].length
  expect(charts).toBeGreaterThan(8)
  expect([...all.matchAll(/<summary>The numbers/g)]).toHaveLength(charts)
})

test('a flood of incidents and of cleared changes stays a page that opens', () => {
  const cleared = Array.from({ length: 5_000 }, (_, index) => ({
    changeId: `c${index}`,
    reason: 'rate_unmoved' as const,
    text: `change ${index}`,
  }))
  const views = Array.from({ length: 300 }, () => view(incident({ cleared }), { changes: [change({ id: 'd42' })] }))
  const page = renderReport(replayResult(views))
  expect(page.length).toBeLessThan(6_000_000)
  expect(page).toContain('and 240 more')
})
