import { always, route, type Stream } from './hard-case.ts'

/** What people ask for: seven groups of clients, fewer of them at night. */
export function visitors(service: string, path: string): Stream[] {
  return Array.from({ length: 7 }, (_, i) => ({
    fields: { ...route(service, path), client: `192.0.2.${i + 10}`, user_agent: `browser/${i}` },
    perSecond: (minute) => 0.4 + 0.3 * Math.sin((2 * Math.PI * (minute - 540)) / 1_440),
    failing: always(0.001),
  }))
}
