import { shorten } from '../../../shared/faces/text-layout.ts'
import { visibleText } from '../../../shared/faces/visible-text.ts'

/** Names and sentences from outside, as a message may hold them: on one line, nothing hidden in them, short. */

const NAME_LENGTH = 60
const SENTENCE_LENGTH = 240

export function boundedName(text: string): string {
  return shorten(visibleText(text), NAME_LENGTH)
}

export function boundedSentence(text: string): string {
  return shorten(visibleText(text), SENTENCE_LENGTH)
}
