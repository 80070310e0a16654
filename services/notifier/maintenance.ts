import type { Silence } from './core/silence.ts'

/** A time that comes again in which nothing is said. */
export interface MaintenanceWindow {
  readonly service: string | null
  readonly env: string | null
  readonly note: string
  readonly lengthMs: number
  /** Whether one begins with this minute. */
  readonly begins: (minuteMs: number) => boolean
}

const MINUTE_MS = 60_000
/** Who is named as the author of windows. */
export const CONFIGURATION = 'configuration'

/** The id of the silence of the window at `index` of the configuration. */
export function maintenanceId(index: number): string {
  return `maintenance_${index}`
}

/** The silences of the windows that are under way. Each minute is looked at once. */
export function createMaintenance(windows: readonly MaintenanceWindow[]): (nowMs: number) => readonly Silence[] {
  const states = windows.map((window, index) => ({
    window,
    index,
    lookedUntilMs: 0,
    begunMs: undefined as number | undefined,
  }))
  return (nowMs) => {
    const minuteMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS
    return states.flatMap((state) => {
      const { window, index } = state
      const fromMs = Math.max(state.lookedUntilMs + MINUTE_MS, minuteMs - window.lengthMs + MINUTE_MS)
      for (let atMs = Math.floor(fromMs / MINUTE_MS) * MINUTE_MS; atMs <= minuteMs; atMs += MINUTE_MS)
        if (window.begins(atMs)) state.begunMs = atMs
      state.lookedUntilMs = minuteMs
      const { begunMs } = state
      if (begunMs === undefined || nowMs >= begunMs + window.lengthMs) return []
      const { service, env, note, lengthMs } = window
      const id = maintenanceId(index)
      return [
        {
          id,
          author: CONFIGURATION,
          note,
          service,
          env,
          incidentId: null,
          startsAtMs: begunMs,
          endsAtMs: begunMs + lengthMs,
        },
      ]
    })
  }
}
