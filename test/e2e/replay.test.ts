import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { runCulprit, runHere, sampleChanges, sampleLog } from './run-culprit.ts'

const documentSchema = z.strictObject({
  summary: z.strictObject({
    lines: z.number(),
    parsed: z.number(),
    rejected: z.number(),
    events: z.number(),
    requests: z.number(),
    from: z.iso.datetime().nullable(),
    to: z.iso.datetime().nullable(),
    services: z.number(),
    series: z.number(),
    incidents: z.number(),
    elapsed_s: z.number(),
  }),
  incidents: z.array(
    z.looseObject({
      id: z.string(),
      service: z.string(),
      state: z.string(),
      started_at: z.iso.datetime(),
      detected_at: z.iso.datetime(),
      cause: z.string(),
      suspects: z.array(z.looseObject({ change_id: z.string(), probability: z.number() })),
      other_causes: z.array(z.looseObject({ cause: z.string(), probability: z.number() })),
      cleared: z.array(z.looseObject({ change_id: z.string(), reason: z.string(), text: z.string() })),
    }),
  ),
})

const sampleText = gunzipSync(readFileSync(sampleLog))
const sampleLines = sampleText.toString().trimEnd().split('\n').length

const directories: string[] = []

function freshDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'replay-test-'))
  directories.push(path)
  return path
}

afterAll(() => {
  for (const path of directories) rmSync(path, { recursive: true, force: true })
})

async function replayToDocument(args: readonly string[], input?: Uint8Array) {
  const { code, stdout, stderr } = await runCulprit(['replay', ...args, '--json'], input === undefined ? {} : { input })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return documentSchema.parse(JSON.parse(stdout))
}

/** The sample, from its file; replayed once for all that look at it. */
let sample: ReturnType<typeof replayToDocument> | undefined
function replaySample() {
  sample ??= replayToDocument([sampleLog, '--changes', sampleChanges])
  return sample
}

test('the sample names the bad deploy, how sure it is, and what it cleared', async () => {
  const { summary, incidents } = await replaySample()
  expect(summary).toMatchObject({ lines: sampleLines, rejected: 0, parsed: sampleLines, incidents: 1 })
  const [incident] = incidents
  expect(incident).toMatchObject({ service: 'checkout', cause: 'change', state: 'resolved' })
  expect(incident?.suspects[0]?.change_id).toBe('checkout-42')
  expect(incident?.suspects[0]?.probability).toBeGreaterThanOrEqual(0.5)
  const causes = [...(incident?.suspects ?? []), ...(incident?.other_causes ?? [])]
  expect(causes.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6)
})

test('the same log gives the same incidents twice, from a file and from standard input alike', async () => {
  const fromFile = await replaySample()
  const fromInput = await replayToDocument(['-', '--changes', sampleChanges], sampleText)
  expect(fromInput.incidents).toEqual(fromFile.incidents)
})

test('people get a page of at most 80 columns without colours, and the report that they asked for', async () => {
  const report = join(freshDirectory(), 'incident.html')
  const { code, stdout } = await runCulprit(['replay', sampleLog, '--changes', sampleChanges, '--report', report])
  expect(code).toBe(0)
  expect(stdout).toContain(`${sampleLines.toLocaleString('en-US')} lines  0 rejected`)
  expect(stdout).toMatch(/● checkout failing [\d.]+ % of requests/)
  expect(stdout).toMatch(/deploy v42 by ana, 14:02:50/)
  expect(stdout).toContain('1 incident, 1 explained by a change.')
  expect(stdout).not.toContain('\u001b')
  for (const line of stdout.split('\n')) expect([...line].length).toBeLessThanOrEqual(80)
  expect(readFileSync(report, 'utf8')).toMatch(/<h2>checkout was failing [\d.]+ % of requests/)
})

test('--from and --to cut the log before anything is judged', async () => {
  const { summary, incidents } = await replayToDocument([sampleLog, '--to', '2026-10-02T14:00:00Z'])
  expect(Date.parse(summary.to ?? '')).toBeLessThan(Date.parse('2026-10-02T14:00:00Z'))
  expect(summary.events).toBeLessThan(summary.parsed)
  expect(incidents).toEqual([])
})

test('nothing stays behind in the temporary directory, nor after an interruption', async () => {
  const directory = freshDirectory()
  const environment = { TMPDIR: directory }
  await runCulprit(['replay', sampleLog, '--json'], { environment })
  expect(readdirSync(directory)).toEqual([])
  const interrupted = await runCulprit(['replay', '-'], {
    environment,
    // Standard input is left open: the program can only end by the signal.
    onStart: (child) => {
      const timer = setInterval(() => {
        if (readdirSync(directory).length === 0) return
        clearInterval(timer)
        child.kill('SIGINT')
      }, 20)
    },
    keepInputOpen: true,
  })
  expect(interrupted.signal).toBe('SIGINT')
  expect(readdirSync(directory)).toEqual([])
})

test('a reader that stops reading ends it quietly', async () => {
  const { stderr, code } = await runCulprit(['parse', sampleLog, '--json'], {
    onStart: (child) => child.stdout?.once('data', () => child.stdout?.destroy()),
  })
  expect(code).toBe(0)
  expect(stderr).not.toContain('EPIPE')
})

test('parse prints canonical events and tells what it found and what it could not read', async () => {
  const input = '203.0.113.9 - - [02/Oct/2026:14:03:10 +0000] "GET /users/7 HTTP/1.1" 500 12 "-" "x"\nno log line\n'
  const { code, stdout, stderr } = await runCulprit(['parse', '-', '--format', 'combined', '--json'], { input })
  expect(code).toBe(0)
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    { ts: '2026-10-02T14:03:10.000Z', service: 'web', method: 'GET', route: '/users/{id}', status: 500, count: 1 },
  ])
  expect(stderr).toContain('stdin: format combined')
  expect(stderr).toMatch(/stdin line 2, byte \d+: unmatched.*no log line/)
  expect(stderr).toContain('2 lines, 1 event, 1 rejected')
})

const bad = (() => {
  const directory = freshDirectory()
  const file = (name: string, content: string | Uint8Array) => {
    const path = join(directory, name)
    writeFileSync(path, content)
    return path
  }
  const change = '{"ts":"2026-10-02T14:00:00Z","kind":"deploy"}'
  return {
    directory,
    missing: join(directory, 'missing.log'),
    empty: file('empty.log', ''),
    binary: file(
      'binary.log',
      Uint8Array.from({ length: 4_000 }, (_, index) => (index * 7) % 256),
    ),
    truncated: file('truncated.log.gz', readFileSync(sampleLog).subarray(0, 100_000)),
    prose: file('prose.log', 'this is no log\n'.repeat(50)),
    badChange: file('changes.ndjson', `${change}\n{"ts":"soon","kind":"deploy"}\n`),
    notJson: file('not-json.ndjson', `${change}\nnot json\n`),
    wrongKey: file('wrong-key.yaml', 'detection:\n  minimum_ration: 2\n'),
    wrongValue: file('wrong-value.yaml', 'detection:\n  minimum_ratio: high\n'),
    brokenYaml: file('broken.yaml', 'detection: {\n'),
  }
})()

test.each([
  { what: 'a missing file', args: ['replay', bad.missing], code: 1, says: /missing\.log: no such file/ },
  { what: 'a directory', args: ['replay', bad.directory], code: 1, says: /is a directory/ },
  { what: 'an empty file', args: ['replay', bad.empty], code: 1, says: /empty\.log: is empty/ },
  { what: 'a binary file', args: ['replay', bad.binary], code: 1, says: /binary\.log: .*not a log/ },
  {
    what: 'a truncated gzip',
    args: ['replay', bad.truncated],
    code: 1,
    says: /truncated\.log\.gz: ends in the middle/,
  },
  { what: 'prose', args: ['replay', bad.prose], code: 1, says: /prose\.log: .*--format/ },
  {
    what: 'prose read as a named format',
    args: ['replay', bad.prose, '--format', 'combined'],
    code: 1,
    says: /prose\.log: .*line 1/,
  },
  {
    what: 'a malformed change',
    args: ['replay', sampleLog, '--changes', bad.badChange],
    code: 1,
    says: /changes\.ndjson line 2: ts/,
  },
  {
    what: 'a change that is no JSON',
    args: ['replay', sampleLog, '--changes', bad.notJson],
    code: 1,
    says: /not-json\.ndjson line 2: not JSON/,
  },
  {
    what: 'a missing list of changes',
    args: ['replay', sampleLog, '--changes', bad.missing],
    code: 1,
    says: /no such file/,
  },
  {
    what: 'a wrong setting',
    args: ['replay', sampleLog, '--config', bad.wrongKey],
    code: 1,
    says: /wrong-key\.yaml:2: unknown setting detection\.minimum_ration: did you mean minimum_ratio\?/,
  },
  {
    what: 'a wrong value',
    args: ['replay', sampleLog, '--config', bad.wrongValue],
    code: 1,
    says: /wrong-value\.yaml:2: wrong value of detection\.minimum_ratio/,
  },
  { what: 'broken YAML', args: ['replay', sampleLog, '--config', bad.brokenYaml], code: 1, says: /broken\.yaml:\d+: / },
  {
    what: 'a report that can not be written',
    args: ['replay', sampleLog, '--report', join(bad.missing, 'x.html')],
    code: 1,
    says: /--report .*may not be written/,
  },
  {
    what: 'a wrong format',
    args: ['replay', sampleLog, '--format', 'combind'],
    code: 2,
    says: /did you mean combined\?/,
  },
  { what: 'a wrong time', args: ['replay', sampleLog, '--from', 'soon'], code: 2, says: /--from soon: not a time/ },
  {
    what: 'a time span turned round',
    args: ['replay', sampleLog, '--from', '2026-10-03', '--to', '2026-10-02'],
    code: 2,
    says: /is not before --to/,
  },
  {
    what: 'an unknown source of service names',
    args: ['replay', sampleLog, '--service-from', 'hosts'],
    code: 2,
    says: /--service-from hosts: it can be virtual_host/,
  },
  {
    what: 'two ways to name services at once',
    args: ['replay', sampleLog, '--service', 'a', '--service-from', 'upstream'],
    code: 2,
    says: /cannot be used with/,
  },
  {
    what: 'an unknown option',
    args: ['replay', sampleLog, '--jsn'],
    code: 2,
    says: /unknown option '--jsn': did you mean --json/,
  },
  { what: 'no file', args: ['replay'], code: 2, says: /missing required argument 'FILES': see culprit replay --help/ },
  { what: 'an unknown command', args: ['reply'], code: 2, says: /unknown command 'reply': did you mean replay/ },
  { what: 'half a command', args: ['config'], code: 2, says: /no command given: see culprit config --help/ },
  {
    what: 'a server that is no address',
    args: ['incidents', '--server', 'shop'],
    code: 2,
    says: /shop: no address of a server: write it like http/,
  },
  {
    what: 'a report over its own log',
    args: ['replay', bad.prose, '--report', bad.prose],
    code: 2,
    says: /one of the files/,
  },
])('$what is answered in one line that says what to do', async ({ args, code, says }) => {
  const ran = await runHere(args)
  expect(ran.stderr).toMatch(says)
  expect(ran.stderr).toMatch(/^culprit: [^\n]+: [^\n]+\n$/)
  expect(ran).toMatchObject({ code, stdout: '' })
})

test('the name alone says what can be done, and where to begin', async () => {
  const { code, stdout, stderr } = await runHere([])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/\n {2}culprit replay .*access\.log/)
})

test('culprit.yaml in the directory is read without being named, and the environment goes over it', async () => {
  const cwd = freshDirectory()
  writeFileSync(join(cwd, 'culprit.yaml'), 'detection: { minimum_ratio: 0 }\n')
  const file = await runCulprit(['replay', sampleLog], { cwd })
  expect(file.stderr).toMatch(/^culprit: culprit\.yaml:1: wrong value of detection\.minimum_ratio/)
  const variable = await runHere(['replay', sampleLog], { CULPRIT_DETECTION__MINIMUM_RATIO: '0' })
  expect(variable.stderr).toMatch(/^culprit: CULPRIT_DETECTION__MINIMUM_RATIO: wrong value/)
})
