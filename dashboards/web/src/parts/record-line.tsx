import { counted, duration, percent } from '../../../../shared/faces/words.ts'
import type { ChangeRecord } from '../server/services.ts'

/** How changes fared in the newest 30 days, as a sentence. */
export function RecordLine({ record }: { readonly record: ChangeRecord }) {
  if (record.changes === 0) return null
  const restored =
    record.time_to_restore_s === null
      ? ''
      : ` It took ${duration(record.time_to_restore_s * 1000)} to restore, at the median.`
  return (
    <p class="standfirst">
      {`${counted(record.changes, 'change')} in 30 days, ${record.guilty} of them broke something (${percent(record.change_failure_rate ?? 0)}).${restored}`}
    </p>
  )
}
