import { useState } from 'preact/hooks'
import type { Change } from '../../../../shared/domain/change.ts'
import type { Evidence, Incident } from '../../../../shared/domain/incident.ts'
import { changeNameAndAuthor, otherCauseName } from '../../../../shared/faces/change-words.ts'
import { visibleText } from '../../../../shared/faces/visible-text.ts'
import { probabilityPercent, probabilityWord } from '../../../../shared/faces/words.ts'
import { EvidenceNumbers } from './evidence-numbers.tsx'
import { Moment } from './moment.tsx'
import { OutsideLink } from './outside-link.tsx'
import { ShareBar } from './share-bar.tsx'

/** Below this a cause is one line without its evidence. */
const ARGUED = 0.1
/** Below this it is not worth a line. */
const SHOWN = 0.02
const EVIDENCE_SHOWN = 4

/** An evidence sentence with its place among all of the incident's: those of the suspects, then those of the other causes. */
interface NumberedEvidence extends Evidence {
  readonly index: number
}

interface ShownCause {
  readonly key: string
  readonly name: string
  readonly change: Change | undefined
  readonly probability: number
  readonly evidence: readonly NumberedEvidence[]
}

/** What may have done it, likeliest first, each with how sure and why. */
export function Causes({ incident }: { readonly incident: Incident }) {
  const causes = listCauses(incident)
  const ranked = causes.toSorted((a, b) => b.probability - a.probability)
  const shown = ranked.filter(({ probability }, index) => index === 0 || probability >= SHOWN)
  return (
    <section aria-labelledby="causes">
      <h2 id="causes">What did it</h2>
      {shown.map((cause) => (
        <Cause key={cause.key} cause={cause} incident={incident} />
      ))}
    </section>
  )
}

function Cause({ cause, incident }: { readonly cause: ShownCause; readonly incident: Incident }) {
  const { change, probability, name } = cause
  const isMinor = probability < ARGUED
  const evidence = cause.evidence.toSorted((a, b) => b.logOdds - a.logOdds)
  return (
    <div
      class={isMinor ? 'cause minor' : 'cause'}
      id={change === undefined ? undefined : `change-${change.id}`}
      tabIndex={-1}
    >
      <p class="sure">
        <b>{probabilityWord(probability)}</b>
        <span>{probabilityPercent(probability)}</span>
      </p>
      {!isMinor && <ShareBar share={probability} tone="part" />}
      <p class="named">
        <span class={change === undefined ? 'name' : 'name change'}>
          <OutsideLink url={change?.url}>{name}</OutsideLink>
        </span>{' '}
        {change !== undefined && <Moment atMs={change.startedAtMs} nearMs={incident.startedAtMs} />}
      </p>
      {isMinor ? <Argument evidence={evidence} incident={incident} summary="why" /> : null}
      {isMinor ? null : <Sentences evidence={evidence.slice(0, EVIDENCE_SHOWN)} incident={incident} />}
      {isMinor ? null : (
        <Argument
          evidence={evidence.slice(EVIDENCE_SHOWN)}
          incident={incident}
          summary={`${evidence.length - EVIDENCE_SHOWN} more`}
        />
      )}
    </div>
  )
}

interface EvidenceProps {
  readonly evidence: readonly NumberedEvidence[]
  readonly incident: Incident
}

function Argument({ evidence, incident, summary }: EvidenceProps & { readonly summary: string }) {
  if (evidence.length === 0) return null
  return (
    <details>
      <summary>{summary}</summary>
      <Sentences evidence={evidence} incident={incident} />
    </details>
  )
}

function Sentences({ evidence, incident }: EvidenceProps) {
  if (evidence.length === 0) return null
  return (
    <ul class="evidence">
      {evidence.map((each) => (
        <Sentence key={each.index} evidence={each} incidentId={incident.id} />
      ))}
    </ul>
  )
}

/** A sentence that opens into the numbers behind it. */
function Sentence({ evidence, incidentId }: { readonly evidence: NumberedEvidence; readonly incidentId: string }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <li class={evidence.logOdds < 0 ? 'against' : ''}>
      <button type="button" class="sentence" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {evidence.logOdds < 0 && <span class="unseen">Speaks against it: </span>}
        {visibleText(evidence.text)}
      </button>
      {isOpen && <EvidenceNumbers incidentId={incidentId} evidence={evidence} />}
    </li>
  )
}

function listCauses({ suspects, otherCauses, service }: Incident): ShownCause[] {
  let index = 0
  const number = (evidence: readonly Evidence[]) => evidence.map((each) => ({ ...each, index: index++ }))
  const changes = suspects.map(({ changeId, change, probability, evidence }) => ({
    key: changeId,
    name: changeNameAndAuthor(change, service),
    change,
    probability,
    evidence: number(evidence),
  }))
  const others = otherCauses.map(({ cause, probability, evidence }) => ({
    key: cause,
    name: `${otherCauseName(cause, service)}${cause === 'unknown' ? '' : ` (${cause})`}`,
    change: undefined,
    probability,
    evidence: number(evidence),
  }))
  return [...changes, ...others]
}
