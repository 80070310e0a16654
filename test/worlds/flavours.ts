import { FAULT_KINDS, type FaultKind } from './faults.ts'

/** How one family of worlds differs from another. Shares and rates are 0–1, ranges are [low, high]. */
export interface Flavour {
  readonly name: string
  readonly serviceCount: number
  readonly hours: number
  /** Mean requests per second of a service; spread log-uniformly over the services. */
  readonly requestsPerSecond: Range
  readonly errorRate: Range
  /** Services whose normal error rate lies outside `errorRate`: as often within `unusualRate` as next to nothing. */
  readonly unusualServices: number
  readonly unusualRate: Range
  readonly noise: readonly NoiseClass[]
  /** No service's errors in one cell are correlated more than this. */
  readonly burstinessMax: number
  /** A log-normal burst has the same variance as a beta one and a far heavier tail. */
  readonly burstShape: 'beta' | 'log-normal'
  /** Whether each route bursts by itself, or the whole service at once. */
  readonly burstsByRoute: boolean
  /** How far the error rate follows the daily cycle: 0.3 is ±30 %. */
  readonly errorSeason: number
  /** Slow wandering of the error rate over hours, standard deviation of its logarithm. */
  readonly errorDrift: number
  /** Slow wandering of the traffic, standard deviation of its logarithm. */
  readonly trafficWobble: number
  readonly weekendTraffic: number
  readonly blipsPerServiceDay: number
  readonly blipErrors: Range
  /** Blips that every service has at the same moment: a network that stumbles. */
  readonly sharedBlipsPerDay: number
  /** Bots that come for some minutes, mostly at night, and ask for what is not there. */
  readonly botVisitsPerServiceDay: number
  /** Services with a job that fails a few times whenever it runs, every 5 to 60 minutes. */
  readonly failingJobShare: number
  readonly faults: Range
  readonly kinds: readonly FaultKind[]
  /** Of a cascade, most errors are its callers' 502s and 504s, and one of them was released minutes before. */
  readonly hidesCallees: boolean
  /** So many releases, overlapping, a quarter of an hour after the log begins, one of them bad; 0: a usual world. */
  readonly grayReleases: number
  readonly faultFreeShare: number
  readonly addedRate: Range
  /** Of the faults, how many fail 5 % of what they meet or more. */
  readonly plainShare: number
  readonly oneRegionShare: number
  readonly rampShare: number
  readonly faultMinutes: Range
  readonly deploysPerServiceDay: number
  readonly switchesPerServiceDay: number
  readonly versionTagShare: number
  /** Instances of each service that its lines name; 0: none. */
  readonly pods: number
  /** Lines name what they were passed on to, and so who calls whom: nobody declares it then. */
  readonly namesUpstreams: boolean
  /** One line a minute where there would be six. */
  readonly countsByMinute: boolean
  /** A change's recorded time is off by up to this, either way. */
  readonly clockErrorMs: number
}

export type Range = readonly [number, number]

/** `phi` is the variance of a mean cell's errors over the binomial's; a burst holds for `holdCells` cells on average. */
interface NoiseClass {
  readonly weight: number
  readonly phi: Range
  readonly holdCells: Range
}

const FLEET: Flavour = {
  name: 'fleet',
  serviceCount: 12,
  hours: 48,
  requestsPerSecond: [0.3, 60],
  errorRate: [0.0001, 0.004],
  unusualServices: 2,
  unusualRate: [0.004, 0.02],
  noise: [
    { weight: 3, phi: [1, 1], holdCells: [1, 1] },
    { weight: 4, phi: [1.1, 2], holdCells: [1, 1] },
    { weight: 2, phi: [2, 5], holdCells: [1, 1] },
    { weight: 1, phi: [5, 9], holdCells: [1, 1] },
    { weight: 2, phi: [1.3, 2.5], holdCells: [2, 4] },
  ],
  burstinessMax: 0.015,
  burstShape: 'beta',
  burstsByRoute: false,
  errorSeason: 0,
  errorDrift: 0,
  trafficWobble: 0.05,
  weekendTraffic: 1,
  blipsPerServiceDay: 1,
  blipErrors: [2, 7],
  sharedBlipsPerDay: 0,
  botVisitsPerServiceDay: 0,
  failingJobShare: 0,
  faults: [6, 8],
  kinds: FAULT_KINDS,
  hidesCallees: false,
  grayReleases: 0,
  faultFreeShare: 0.45,
  addedRate: [0.004, 0.5],
  plainShare: 0.75,
  oneRegionShare: 0.2,
  rampShare: 0.15,
  faultMinutes: [10, 90],
  deploysPerServiceDay: 3,
  switchesPerServiceDay: 1.5,
  versionTagShare: 0.75,
  pods: 0,
  namesUpstreams: false,
  countsByMinute: false,
  clockErrorMs: 2_000,
}

/** Nothing but bursts and the day's cycle beside the faults, and most of these plain to see: no blips. */
const PLAIN: Flavour = { ...FLEET, name: 'plain', blipsPerServiceDay: 0, plainShare: 0.9 }

/** Fewer and larger services, longer bursts, errors that follow the day, fewer version tags, worse clocks. */
const ROUGH: Flavour = {
  ...FLEET,
  name: 'rough',
  serviceCount: 10,
  requestsPerSecond: [0.5, 120],
  errorRate: [0.0001, 0.01],
  unusualRate: [0.02, 0.06],
  noise: [
    { weight: 2, phi: [1, 1.2], holdCells: [1, 1] },
    { weight: 3, phi: [1.5, 4], holdCells: [1, 2] },
    { weight: 3, phi: [1.5, 3], holdCells: [2, 6] },
    { weight: 2, phi: [4, 12], holdCells: [1, 2] },
  ],
  burstinessMax: 0.03,
  errorSeason: 0.25,
  trafficWobble: 0.15,
  weekendTraffic: 0.6,
  blipsPerServiceDay: 3,
  plainShare: 0.5,
  oneRegionShare: 0.3,
  rampShare: 0.3,
  versionTagShare: 0.5,
  clockErrorMs: 15_000,
}

/** Bursts with a heavy tail that hold for long, each route by itself, and moments at which everything stumbles. */
const HEAVY: Flavour = {
  ...FLEET,
  name: 'heavy',
  noise: [
    { weight: 2, phi: [1, 1.3], holdCells: [1, 1] },
    { weight: 4, phi: [1.3, 4], holdCells: [1, 3] },
    { weight: 3, phi: [2, 10], holdCells: [1, 5] },
  ],
  burstinessMax: 0.04,
  burstShape: 'log-normal',
  burstsByRoute: true,
  blipsPerServiceDay: 2,
  sharedBlipsPerDay: 4,
}

/** Levels that wander and follow the day and the week, under uneven traffic. */
const DRIFTING: Flavour = {
  ...FLEET,
  name: 'drifting',
  errorSeason: 0.4,
  errorDrift: 0.35,
  trafficWobble: 0.3,
  weekendTraffic: 0.5,
  rampShare: 0.3,
}

/** Many services, most of them hardly used, with bots at night and jobs that fail whenever they run. */
const CROWDED: Flavour = {
  ...FLEET,
  name: 'crowded',
  serviceCount: 20,
  requestsPerSecond: [0.02, 20],
  unusualServices: 4,
  unusualRate: [0.01, 0.3],
  botVisitsPerServiceDay: 1.5,
  failingJobShare: 0.3,
}

/** Two weeks in which nothing breaks, though something is deployed every other hour; weekends are slow. */
const QUIET: Flavour = {
  ...FLEET,
  name: 'quiet',
  hours: 336,
  errorSeason: 0.3,
  trafficWobble: 0.1,
  weekendTraffic: 0.5,
  faults: [0, 0],
  deploysPerServiceDay: 12,
}

/** No version in any line, but the pod that served it. */
const HOSTS: Flavour = { ...FLEET, name: 'hosts', serviceCount: 8, versionTagShare: 0, pods: 3 }

/** Neither version nor pod in any line. */
const UNTAGGED: Flavour = { ...FLEET, name: 'untagged', versionTagShare: 0 }

/** Two hours of log, and releases from its sixteenth minute on. */
const COLD_START: Flavour = {
  ...FLEET,
  name: 'cold-start',
  serviceCount: 8,
  hours: 2,
  requestsPerSecond: [3, 30],
  faults: [1, 1],
  grayReleases: 6,
  versionTagShare: 0.5,
  pods: 5,
  countsByMinute: true,
}

/** Bad deploys whose own log hardly shows them. */
const HIDDEN_CALLEE: Flavour = { ...FLEET, name: 'hidden-callee', kinds: ['cascade'], hidesCallees: true }

/** The same, where nobody declares who calls whom: the log itself tells. */
const LEARNED_CALLEE: Flavour = { ...HIDDEN_CALLEE, name: 'learned-callee', namesUpstreams: true }

/** Faults after faults on half as many services: what takes many incidents to see, such as calibration, in bearable time. */
const BUSY: Flavour = {
  ...FLEET,
  name: 'busy',
  serviceCount: 6,
  unusualServices: 1,
  faults: [26, 26],
  faultFreeShare: 0.12,
}

/** A few hours of a few services: for tests of the generator and quick looks, not for tables. */
const SMALL: Flavour = {
  ...FLEET,
  name: 'small',
  serviceCount: 5,
  hours: 12,
  requestsPerSecond: [1, 30],
  faults: [3, 4],
}

export const FLAVOURS: readonly Flavour[] = [
  FLEET,
  PLAIN,
  ROUGH,
  HEAVY,
  DRIFTING,
  CROWDED,
  QUIET,
  HOSTS,
  UNTAGGED,
  COLD_START,
  HIDDEN_CALLEE,
  LEARNED_CALLEE,
  BUSY,
  SMALL,
]

/** Throws when no flavour has that name. */
export function flavourNamed(name: string): Flavour {
  const found = FLAVOURS.find((flavour) => flavour.name === name)
  if (found === undefined) throw new Error(`no flavour ${name}: take one of ${FLAVOURS.map((f) => f.name).join(', ')}`)
  return found
}
