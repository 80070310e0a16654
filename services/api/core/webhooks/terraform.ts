// https://developer.hashicorp.com/terraform/cloud-docs/api-docs/notification-configurations#run-notification-payload
import type { ChangeStatus } from '../../../../shared/domain/change.ts'
import { firstLine, instantAt, listAt, textAt } from './payload.ts'
import { bearer, hmac } from './proof.ts'
import { envInName, isOver } from './runs.ts'
import { ignored, told, type WebhookReading, type WebhookRequest, type WebhookSender } from './sender.ts'

export const terraform: WebhookSender = {
  name: 'terraform',
  proofs: [hmac('x-tfe-notification-signature', '', 'sha512'), bearer],
  deliveryHeaders: [],
  read: readTerraform,
}

/** A run that ended with nothing to apply is `planned_and_finished`. */
const RUN_STATUSES: Readonly<Record<string, ChangeStatus>> = {
  applying: 'started',
  applied: 'succeeded',
  errored: 'failed',
  canceled: 'cancelled',
  force_canceled: 'cancelled',
}

function readTerraform({ body }: WebhookRequest): WebhookReading {
  const latest = listAt(body, 'notifications')[0]
  const trigger = textAt(latest, 'trigger') ?? 'unknown'
  if (trigger === 'verification') return ignored('verification: the notification is set up')
  const word = textAt(latest, 'run_status') ?? 'unknown'
  const status = Object.hasOwn(RUN_STATUSES, word) ? RUN_STATUSES[word] : undefined
  const run = textAt(body, 'run_id')
  if (!trigger.startsWith('run:') || status === undefined || run === undefined)
    return ignored(`${trigger.slice(0, 40)} of a run that is ${word.slice(0, 40)} changes nothing`)
  const atMs = instantAt(latest, 'run_updated_at')
  const workspace = textAt(body, 'workspace_name')
  return told({
    object: `run:${run}`,
    kind: 'infra',
    status,
    startedAtMs: atMs,
    ...(isOver(status) && { finishedAtMs: atMs }),
    // What it touches is not told: the whole platform, unless the settings map the workspace.
    names: { workspace, organization: textAt(body, 'organization_name'), env: envInName(workspace) },
    title: `${workspace}: ${firstLine(textAt(body, 'run_message')) ?? 'run'}`,
    author: textAt(body, 'run_created_by') ?? textAt(latest, 'run_updated_by'),
    url: textAt(body, 'run_url'),
  })
}
