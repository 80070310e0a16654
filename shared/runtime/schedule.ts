import { schedule } from 'node-cron'

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
  // What comes due meanwhile is ordinary here; node-cron's own protection writes a warning about it each time.
  const task = schedule(cron, () => {
    running ??= work().finally(() => {
      running = undefined
    })
  })
  return {
    async stop() {
      await task.destroy()
      await running
    },
  }
}
