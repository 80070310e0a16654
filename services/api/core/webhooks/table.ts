import { argocd } from './argocd.ts'
import { azureDevops } from './azure-devops.ts'
import { bitbucket } from './bitbucket.ts'
import { buildkite } from './buildkite.ts'
import { circleci } from './circleci.ts'
import { cdevents, cloudevents } from './cloudevents.ts'
import { codedeploy } from './codedeploy.ts'
import { datadog } from './datadog.ts'
import { flux } from './flux.ts'
import { github } from './github.ts'
import { gitlab } from './gitlab.ts'
import { grafana } from './grafana.ts'
import { jenkins } from './jenkins.ts'
import { kubernetes } from './kubernetes.ts'
import { launchdarkly } from './launchdarkly.ts'
import { pagerduty } from './pagerduty.ts'
import type { WebhookSender } from './sender.ts'
import { sentry } from './sentry.ts'
import { spinnaker } from './spinnaker.ts'
import { standard } from './standard.ts'
import { terraform } from './terraform.ts'

/** Every sender whose deliveries are understood. */
export const SENDERS: readonly WebhookSender[] = [
  github,
  gitlab,
  argocd,
  flux,
  kubernetes,
  jenkins,
  circleci,
  bitbucket,
  buildkite,
  spinnaker,
  terraform,
  launchdarkly,
  codedeploy,
  pagerduty,
  sentry,
  datadog,
  grafana,
  azureDevops,
  cloudevents,
  cdevents,
  standard,
]
