import type { Bus, Message } from '../../../shared/bus/bus.ts'
import { readJsonMessages, toJsonMessage } from '../../../shared/bus/json-messages.ts'
import { changeReportSchema } from '../../../shared/domain/change-report.ts'
import { commandSchema } from '../../../shared/domain/command.ts'
import { spikeSchema } from '../../../shared/domain/spike-wire.ts'
import type { Log } from '../../../shared/runtime/log.ts'
import { runOnSchedule, type Schedule } from '../../../shared/runtime/schedule.ts'
import type { Store } from '../../../shared/store/store.ts'
import { readEvidence, readLinks, readSightedVersions, readVersions } from '../../correlator/io/read-evidence.ts'
import { readFindings } from '../../correlator/io/read-findings.ts'
import { storeChanges, storeDeletedChange, storeFeedback, storeIncidents } from '../../correlator/io/write-findings.ts'
import {
  CHANGES_REMEMBERED_MS,
  createLiveCorrelator,
  type LiveCorrelator,
  REMEMBERED_MS,
} from '../../correlator/live.ts'
import { createVersionWatch } from '../../correlator/watch-versions.ts'
import { type CulpritConfig, correlatorSettings } from '../config.ts'
import { runAlone } from './run-alone.ts'
import type { LiveDeps, RunningService } from './running-service.ts'

const GROUP = 'correlator'
/** A deploy that nobody reports is told of this long after its first request at the latest, and some seconds. */
const EVERY_HALF_MINUTE = '15,45 * * * * *'

export async function runCorrelator(deps: LiveDeps, config: CulpritConfig): Promise<RunningService> {
  const { metrics } = deps
  const store = await deps.openStore()
  const counts = {
    told: metrics.counter('culprit_incidents_told_total', 'Times that what is said of an incident moved.'),
    leftOut: metrics.counter('culprit_messages_left_out_total', 'Messages that could not be read.'),
  }
  const correlator = await runAlone(deps, {
    work: GROUP,
    gauge: 'culprit_correlator_active',
    begin: async (subscribe) => {
      const live = await openCorrelator(deps, { store, config, countTold: counts.told })
      await listen({ subscribe, log: deps.log, countLeftOut: counts.leftOut }, live)
      return watchVersions(deps, store, live)
    },
  })
  return { routes: [], stopTelling: () => correlator.stop(), stop: () => store.close() }
}

interface CorrelatorParts {
  readonly store: Store
  readonly config: CulpritConfig
  readonly countTold: (incidents: number) => void
}

async function openCorrelator(
  { bus, nowMs }: LiveDeps,
  { store, config, countTold }: CorrelatorParts,
): Promise<LiveCorrelator> {
  const settings = correlatorSettings(config)
  const correlator = createLiveCorrelator(
    {
      readLinks: (wanted) => readLinks(store, wanted),
      readEvidence: (wanted) => readEvidence(store, wanted),
      storeChanges: (changes) => storeChanges(store, changes),
      storeDeletedChange: (change, at) => storeDeletedChange(store, change, at),
      storeFeedback: (feedback) => storeFeedback(store, feedback),
      storeIncidents: (incidents) => storeIncidents(store, incidents),
      publishIncidents: async (incidents) => {
        await bus.publish(
          'incidents',
          incidents.map((incident) => toJsonMessage(incident.id, incident)),
        )
        countTold(incidents.length)
      },
    },
    settings,
  )
  const startedAtMs = nowMs()
  const earlier = await readFindings(store, {
    sinceMs: startedAtMs - REMEMBERED_MS,
    changesSinceMs: startedAtMs - CHANGES_REMEMBERED_MS,
    envAliases: settings.envAliases,
    blameAt: settings.blameAt,
  })
  correlator.remember(earlier)
  return correlator
}

interface Listening {
  readonly subscribe: Bus['subscribe']
  readonly log: Log
  readonly countLeftOut: () => void
}

async function listen({ subscribe, log, countLeftOut }: Listening, correlator: LiveCorrelator): Promise<void> {
  const skip = ({ key }: Message, reason: string) => {
    countLeftOut()
    log.error({ key, reason }, 'a message was left out: not readable')
  }
  await subscribe({
    topic: 'changes',
    group: GROUP,
    handle: (messages) => correlator.takeChanges(readJsonMessages(messages, changeReportSchema, skip)),
  })
  await subscribe({
    topic: 'spikes',
    group: GROUP,
    handle: (messages) => correlator.takeSpikes(readJsonMessages(messages, spikeSchema, skip)),
  })
  await subscribe({
    topic: 'commands',
    group: GROUP,
    handle: (messages) => correlator.takeCommands(readJsonMessages(messages, commandSchema, skip)),
  })
}

function watchVersions({ log, nowMs }: LiveDeps, store: Store, { takeVersions }: LiveCorrelator): Schedule {
  const look = createVersionWatch({
    readSightedVersions: (sinceMs) => readSightedVersions(store, sinceMs),
    readVersions: (wanted) => readVersions(store, wanted),
    takeVersions,
    nowMs,
  })
  return runOnSchedule(EVERY_HALF_MINUTE, () =>
    look().catch((error: unknown) => {
      log.error({ error }, 'the versions that the log names were not looked at; the next look goes on')
    }),
  )
}
