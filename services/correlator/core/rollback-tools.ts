/**
 * How each tool takes back what it brought: command lines in order of preference, of which the first is taken whose values
 * are all known. `{version}` is the one to go back to; the other values are the guilty change's own.
 */

const REVERT = 'git revert --no-edit {commit}'

const CODE_TOOLS: Readonly<Record<string, readonly string[]>> = {
  kubernetes: ['kubectl -n {env} rollout undo deployment/{service}'],
  helm: ['helm -n {env} rollback {service}'],
  argocd: ['argocd app rollback {service}'],
  'argo-rollouts': ['kubectl argo rollouts -n {env} undo {service}'],
  // Flux puts back whatever the repository says: it is reverted there, or Flux held off first.
  flux: [
    'git revert --no-edit {commit} && git push && flux -n {env} reconcile kustomization {service} --with-source',
    'flux -n {env} suspend kustomization {service} && kubectl -n {env} rollout undo deployment/{service}',
  ],
  ecs: ['aws ecs update-service --cluster {env} --service {service} --task-definition {service}:{version}'],
  lambda: ['aws lambda update-alias --function-name {service} --name {env} --function-version {version}'],
  'cloud-run': ['gcloud run services update-traffic {service} --to-revisions {version}=100'],
  heroku: ['heroku rollback --app {service}'],
  'docker-swarm': ['docker service rollback {service}'],
  capistrano: ['cap {env} deploy:rollback'],
  spinnaker: ['spin pipeline execute --application {service} --name rollback'],
  'github-workflow': [
    'gh workflow run rollback.yml --repo {repo} -f service={service} -f version={version}',
    'gh workflow run rollback.yml --repo {repo} -f service={service}',
  ],
  terraform: ['git revert --no-edit {commit} && terraform apply'],
  git: [REVERT],
}

const FLAG_TOOLS: Readonly<Record<string, readonly string[]>> = {
  launchdarkly: ['ldcli flags toggle-off --project {repo} --environment {env} --flag {title}'],
}

/** Other names that senders and people give the same tool. */
const ALIASES: Readonly<Record<string, string>> = {
  kubectl: 'kubernetes',
  k8s: 'kubernetes',
  'argo-cd': 'argocd',
  fluxcd: 'flux',
  'aws-ecs': 'ecs',
  'aws-lambda': 'lambda',
  cloudrun: 'cloud-run',
  'github-actions': 'github-workflow',
  'terraform-cloud': 'terraform',
  ldcli: 'launchdarkly',
}

/** The command lines of a tool for code, or for flags; undefined where the name is no tool's. */
export function findTool(name: string, takesBack: 'code' | 'flag'): readonly string[] | undefined {
  const plain = name.trim().toLowerCase().replaceAll(/[ _]+/g, '-')
  const tool = Object.hasOwn(ALIASES, plain) ? (ALIASES[plain] ?? plain) : plain
  const tools = takesBack === 'flag' ? FLAG_TOOLS : CODE_TOOLS
  return Object.hasOwn(tools, tool) ? tools[tool] : undefined
}

/** What is kept in a repository is taken back there, whatever brought it. */
export const REPOSITORY_LINES: readonly string[] = [REVERT]
