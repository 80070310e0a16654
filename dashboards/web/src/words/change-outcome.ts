import { percent } from '../../../../shared/faces/words.ts'
import type { ChangeOutcome } from '../server/services.ts'

/** What came of a change, in one or two words. */
export function verdictWord({ verdict }: ChangeOutcome): string {
  switch (verdict) {
    case 'healthy':
      return 'healthy'
    case 'guilty':
      return 'guilty'
    case 'undetermined':
      return 'can’t tell yet'
    case 'too_little_traffic':
      return 'too little traffic'
  }
}

/** `0.1 % → 8.1 %`: of the requests, before and after. */
export function beforeAndAfter({ before, after }: ChangeOutcome): string {
  if (before.errorRate === null && after.errorRate === null) return 'no requests'
  return `${rate(before.errorRate)} → ${rate(after.errorRate)}`
}

function rate(value: number | null): string {
  return value === null ? 'no requests' : percent(value)
}
