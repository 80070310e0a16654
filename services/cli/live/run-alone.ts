import type { Bus, Subscribed } from '../../../shared/bus/bus.ts'
import type { Log } from '../../../shared/runtime/log.ts'
import type { Metrics } from '../../../shared/runtime/metrics.ts'
import { runOnSchedule } from '../../../shared/runtime/schedule.ts'

export interface LoneWork {
  /** Begins nothing more by itself, and resolves once what it began is done. */
  stop(): Promise<void>
}

export interface LoneDeps {
  readonly bus: Pick<Bus, 'lead' | 'subscribe'>
  readonly log: Log
  readonly metrics: Metrics
}

export interface LoneOptions {
  /** What only one process at a time does. */
  readonly work: string
  /** The metric that says whether this one does. */
  readonly gauge: string
  /** What it needs to know it reads anew each time: another process may have done the work before. */
  readonly begin: (subscribe: Bus['subscribe']) => Promise<LoneWork>
}

const EVERY_SECOND = '* * * * * *'

/**
 * Does the work while no other process does, and stands by while one does. Where this is the only process, the work has begun
 * once this resolves. What is returned stops it, and leaves its subscriptions to the bus: what comes until that is closed is handled.
 */
export async function runAlone(
  { bus, log, metrics }: LoneDeps,
  { work, gauge, begin }: LoneOptions,
): Promise<LoneWork> {
  const leads = await bus.lead(work)
  let doing: { readonly lone: LoneWork; readonly subscribed: readonly Subscribed[] } | undefined
  metrics.gauge(gauge, `Whether this process is the ${work}: 1, or stands by for another: 0.`, () =>
    Number(doing !== undefined),
  )

  async function takeUp(): Promise<void> {
    const subscribed: Subscribed[] = []
    try {
      const lone = await begin(async (subscription) => {
        const one = await bus.subscribe(subscription)
        subscribed.push(one)
        return one
      })
      doing = { lone, subscribed }
      log.info({ work }, 'this process does it from now on')
    } catch (error) {
      await closeAll(subscribed)
      throw error
    }
  }

  async function standBy({ lone, subscribed }: NonNullable<typeof doing>): Promise<void> {
    doing = undefined
    log.warn({ work }, 'this process stands by: another does it, or may')
    await closeAll(subscribed)
    await lone.stop()
  }

  async function look(): Promise<void> {
    if (leads() && doing === undefined) await takeUp()
    else if (!leads() && doing !== undefined) await standBy(doing)
  }

  await look()
  const schedule = runOnSchedule(EVERY_SECOND, () =>
    look().catch((error: unknown) =>
      log.error({ error, work }, 'it could not be taken up or handed over; tried again'),
    ),
  )
  return {
    async stop() {
      await schedule.stop()
      await doing?.lone.stop()
    },
  }
}

async function closeAll(subscribed: readonly Subscribed[]): Promise<void> {
  await Promise.all(subscribed.map((one) => one.close()))
}
