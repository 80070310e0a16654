import { DEFAULT_ENV } from '../../../shared/domain/access-event.ts'
import type { SampleDescription } from './describe-json.ts'
import { describeSample } from './describe-sample.ts'
import { ENVELOPES } from './envelopes/table.ts'
import { ENVELOPE_NAMES, type EnvelopeName, type FormatSpec } from './format-spec.ts'
import { type FormatDefinition, UNMATCHED } from './formats/line-format.ts'
import { isOtlpFile } from './formats/otlp.ts'
import { FORMATS } from './formats/table.ts'
import { type LogSample, sampleFirstLines } from './log-sample.ts'
import { createBlockParser } from './parse-block.ts'
import { type FormatTrial, tryFormat } from './try-format.ts'

export type DetectedFormat =
  /** `confidence` is the share of the first lines that the format reads, 0.5–1. */
  | { readonly kind: 'known'; readonly spec: FormatSpec; readonly confidence: number }
  | ({ readonly kind: 'unknown' } & SampleDescription)

/** A format that reads fewer than half of a log's lines is not its format. */
const LEAST_SHARE = 0.5
/** Garbage and a foreign line here and there may make a general format read a little more than the right one. */
const SHARE_TOLERANCE = 0.15

/** The format that reads most of a log's first lines; of equals the one that stands first in the table. */
export function detectFormat(firstBytes: Uint8Array): DetectedFormat {
  if (isOtlpFile(firstBytes)) return { kind: 'known', spec: { name: 'otlp' }, confidence: 1 }
  const sample = sampleFirstLines(firstBytes)
  const trials = tryFormats(sample)
  const best = chooseBest(trials, sample, LEAST_SHARE)
  if (best !== undefined) return { kind: 'known', spec: best.spec, confidence: best.share }
  return { kind: 'unknown', ...describeSample(sample, trials) }
}

/** The format that reads most of a sample; undefined when none reads `leastShare` of it. */
export function findFormat(sample: LogSample, leastShare: number): FormatSpec | undefined {
  return chooseBest(tryFormats(sample), sample, leastShare)?.spec
}

function tryFormats(sample: LogSample): Candidate[] {
  // Wrapped first: a lenient format takes an envelope for a part of the line.
  const envelopes = [...ENVELOPE_NAMES.filter((name) => fitsEnvelope(name, sample)), undefined]
  return envelopes.flatMap((envelope) =>
    FORMATS.flatMap((definition) =>
      definition.candidates.map((candidate) => {
        const spec = envelope === undefined ? candidate : { ...candidate, envelope }
        return { definition, ...tryFormat(spec, sample) }
      }),
    ),
  )
}

interface Candidate extends FormatTrial {
  readonly definition: FormatDefinition
}

/** Making columns to look at costs far more than reading a line, so only the candidates that are left are asked. */
function chooseBest(trials: readonly Candidate[], sample: LogSample, leastShare: number): Candidate | undefined {
  const able = trials.filter(({ share }) => share >= leastShare && share > 0)
  const most = Math.max(...able.map(({ share }) => share))
  const near = able.filter(({ share }) => share >= most - SHARE_TOLERANCE)
  // The sort is stable.
  const rest = able.filter((trial) => !near.includes(trial)).toSorted((a, b) => b.share - a.share)
  return [...near, ...rest].find(({ definition, spec }) => isLike(definition, spec, sample))
}

/** Whatever the lines inside are: the formats are tried only where at least half of a log's lines are in the envelope. */
function fitsEnvelope(name: EnvelopeName, { source, size, starts, ends }: LogSample): boolean {
  const envelope = ENVELOPES[name].create()
  envelope.begin(source)
  let unwrapped = 0
  for (let line = 0; line < size; line++)
    if (envelope.unwrap(starts[line] ?? 0, ends[line] ?? 0) !== UNMATCHED) unwrapped += 1
  return size > 0 && unwrapped >= LEAST_SHARE * size
}

function isLike(definition: FormatDefinition, format: FormatSpec, sample: LogSample): boolean {
  const parser = createBlockParser({ format, env: DEFAULT_ENV })
  const lines = { ...sample, lineIndexes: sample.starts }
  const block = parser.parse(sample.source.bytes, { source: '', firstLine: 1, firstByte: 0 }, lines)
  return definition.isLike(block.columns)
}
