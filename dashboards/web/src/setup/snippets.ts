import github from '../../../../deploy/ci/github-actions.yml?raw'
import gitlab from '../../../../deploy/ci/gitlab-ci.yml?raw'
import jenkins from '../../../../deploy/ci/Jenkinsfile?raw'
import fluentBit from '../../../../deploy/shippers/fluent-bit/fluent-bit.yaml?raw'
import nginxJson from '../../../../deploy/shippers/nginx/json.conf?raw'
import nginxSyslog from '../../../../deploy/shippers/nginx/syslog.conf?raw'
import otelCollector from '../../../../deploy/shippers/otel-collector/config.yaml?raw'
import vector from '../../../../deploy/shippers/vector/vector.yaml?raw'

/** What to copy so that something sends to this server. */
export interface Snippet {
  readonly name: string
  readonly text: string
}

/** Access logs, by what ships them. */
export const LOG_SNIPPETS: readonly Snippet[] = [
  { name: 'Vector', text: vector },
  { name: 'Fluent Bit', text: fluentBit },
  { name: 'OpenTelemetry Collector', text: otelCollector },
  { name: 'nginx, over syslog', text: nginxSyslog },
  { name: 'nginx, as JSON', text: nginxJson },
  {
    name: 'curl',
    text: 'curl -fsS --data-binary @access.log "http://127.0.0.1:8080/api/v1/events?format=auto&service=web"\n',
  },
]

/** Changes, by what makes them. */
export const CHANGE_SNIPPETS: readonly Snippet[] = [
  { name: 'Command line', text: 'culprit change --server http://127.0.0.1:8080 --service checkout --version v42\n' },
  { name: 'GitHub Actions', text: github },
  { name: 'GitLab CI', text: gitlab },
  { name: 'Jenkins', text: jenkins },
]

const WRITTEN_FOR = { origin: 'http://127.0.0.1:8080', host: 'host: 127.0.0.1', port: 'port: 8080' }

/** A snippet as it must be to reach the server of this page. */
export function forThisServer(
  text: string,
  { origin, hostname, port }: Pick<Location, 'origin' | 'hostname' | 'port'>,
): string {
  return text
    .replaceAll(WRITTEN_FOR.origin, origin)
    .replaceAll(WRITTEN_FOR.host, `host: ${hostname}`)
    .replaceAll(WRITTEN_FOR.port, `port: ${port || (origin.startsWith('https:') ? '443' : '80')}`)
}
