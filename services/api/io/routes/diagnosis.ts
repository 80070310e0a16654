import { diagnosisSchema } from '../../../../shared/domain/diagnosis.ts'
import type { HttpRoutes } from '../../../../shared/runtime/http-server.ts'
import type { Store } from '../../../../shared/store/store.ts'
import { readDiagnosis } from '../read-diagnosis.ts'

export interface DiagnosisRoutesDeps {
  readonly query: Store['query']
  readonly nowMs: () => number
}

/** `GET /api/v1/diagnosis`: what `culprit doctor` asks of a running server. */
export function diagnosisRoutes({ query, nowMs }: DiagnosisRoutesDeps): HttpRoutes {
  return async (server) => {
    server.get(
      '/api/v1/diagnosis',
      {
        config: { scope: 'read' },
        schema: {
          summary: 'What the logs of the last day lack',
          tags: ['self'],
          response: { 200: diagnosisSchema },
        },
      },
      () => readDiagnosis(query, nowMs()),
    )
  }
}
