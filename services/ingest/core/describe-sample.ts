import { describeJson, type SampleDescription } from './describe-json.ts'
import { formatLabel } from './format-spec.ts'
import { inferLogFormat } from './infer-log-format.ts'
import { type LogSample, sampleTexts } from './log-sample.ts'
import type { FormatTrial } from './try-format.ts'

const LINES_LOOKED_AT = 50
/** A longer line tells no more of its shape. */
const MAX_BYTES = 4_096
/** Fewer lines may be anything. */
const LEAST_SHARE = 0.5
/** A text file has hardly any control characters. */
const BINARY_SHARE = 0.05

const NAME_IT = 'name it with --format: culprit parse --help lists them'

/** What a sample that no format reads comes nearest to. */
export function describeSample(sample: LogSample, trials: readonly FormatTrial[]): SampleDescription {
  const texts = sampleTexts(sample, LINES_LOOKED_AT, MAX_BYTES)
  if (texts.length === 0) return { hint: 'are missing: it is empty', advice: 'give a log with lines in it' }
  if (controlShare(sample) > BINARY_SHARE) return { hint: 'look binary', advice: NAME_IT }
  const json = describeJson(texts, sample)
  if (json !== undefined) return json
  const inferred = inferLogFormat(texts, sample)
  if (inferred !== undefined) {
    return { hint: `look like ${inferred.likeness}`, advice: `try --format '${inferred.logFormat}'` }
  }
  return describeTime(trials) ?? { hint: 'fit no known format', advice: NAME_IT }
}

function controlShare({ source, size, ends }: LogSample): number {
  const bytes = source.bytes.subarray(0, ends[size - 1])
  const controls = bytes.filter((byte) => byte < 0x20 && (byte < 0x09 || byte > 0x0d)).length
  return controls / Math.max(1, bytes.length)
}

/** What is shown of a line is a time, and not something that should stay in it. */
const TIME_LIKE = /^(?=.*\d[:/.-]\d)[\w :.,+/-]+$/

/** Lines that are of a format but for their time. */
function describeTime(trials: readonly FormatTrial[]): SampleDescription | undefined {
  const nearest = trials.find(({ badTimeShare }) => badTimeShare >= LEAST_SHARE)
  if (nearest === undefined) return undefined
  const { spec, badTime = '' } = nearest
  return {
    hint: `look like ${formatLabel(spec)} but for their time${TIME_LIKE.test(badTime) ? `, ${badTime}` : ''}`,
    advice: 'log it as RFC 3339, as seconds since 1970 or as 26/Jan/2019:19:45:25 +0330',
  }
}
