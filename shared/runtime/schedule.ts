import { createTask, schedule, validate } from 'node-cron'

export interface Schedule {
  /** Resolves once the work under way, if any, is done; none begins after. */
  stop(): Promise<void>
}

/**
 * Runs `work` at the times of `cron` (six fields, seconds first). What comes due while it runs is left out, not queued:
 * the work finds out itself what there is to do. It must not reject.
 */
export function runOnSchedule(cron: string, work: () => Promise<void>): Schedule {
  let running: Promise<void> | undefined
  // What comes due meanwhile is ordinary here; node-cron would write a warning of its own each time, past our log.
  const task = schedule(
    cron,
    () => {
      running ??= work().finally(() => {
        running = undefined
      })
    },
    { suppressMissedWarning: true },
  )
  return {
    async stop() {
      await task.destroy()
      await running
    },
  }
}

/** Five fields, and not of days that never come, such as the 31st of February. */
export function isCron(text: string): boolean {
  return text.trim().split(/\s+/).length === 5 && validate(text) && comes(text)
}

function comes(cron: string): boolean {
  try {
    return nextCronTime(cron, 'UTC') !== undefined
  } catch {
    return false
  }
}

/** Says of a minute's beginning, epoch ms, whether it is one of the times of `cron` (five fields) in `timeZone`. */
export function createCronMatcher(cron: string, timeZone: string): (minuteMs: number) => boolean {
  const task = createTask(cron, () => {}, { timezone: timeZone })
  return (minuteMs) => task.match(new Date(minuteMs))
}

/** The next time of `cron` (five fields) in `timeZone` by this machine's clock, epoch ms; undefined where none comes. */
export function nextCronTime(cron: string, timeZone: string): number | undefined {
  const [next] = createTask(cron, () => {}, { timezone: timeZone }).getNextRuns(1)
  return next?.getTime()
}
