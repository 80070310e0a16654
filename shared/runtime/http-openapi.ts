import fastifySwagger from '@fastify/swagger'
import fastifySwaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance, FastifySchema } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { problemSchema } from './problems.ts'

const DESCRIPTION = `From access logs and change events: which change broke it, how sure that is, and how to undo it.

Times are RFC 3339 UTC. Lists come a page at a time: ask again with \`cursor\` set to the \`next_cursor\` of the page before, until that is null.
Answers to GET bear an \`ETag\`. What can't be answered is told as \`application/problem+json\` (RFC 9457), with one of a fixed list of codes.`

/** Documents every route that has a schema: the document at `/openapi.json`, a page to read it at `/docs`. */
export async function documentRoutes(server: FastifyInstance): Promise<void> {
  await server.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Culprit', description: DESCRIPTION, version: '1' },
      components: {
        securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'An API token of this server.' } },
      },
      security: [{ token: [] }],
    },
    transform(route) {
      const { schema, url } = route
      // Routes without a schema are for browsers.
      if (schema === undefined) return { schema: { hide: true }, url }
      return jsonSchemaTransform({
        ...route,
        schema: { ...schema, response: { ...responsesOf(schema), default: FAILED } },
      })
    },
    transformObject: (document) => withoutUnused(jsonSchemaTransformObject(document)),
  })
  await server.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, scope: 'public' }
    })
    await scope.register(fastifySwaggerUi, {
      routePrefix: '/docs',
      staticCSP: DOCS_POLICY,
      theme: { title: 'Culprit' },
      uiConfig: { layout: 'BaseLayout' },
    })
  })
  server.get('/openapi.json', { config: { scope: 'public' }, schema: { hide: true } }, async () => server.swagger())
}

/** The page runs files of its own, and draws icons that stand in its style sheet. */
const DOCS_POLICY = `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';
base-uri 'none'; form-action 'none'; frame-ancestors 'none'`.replaceAll('\n', ' ')

const FAILED = {
  description: 'It was not done, and why.',
  content: { 'application/problem+json': { schema: problemSchema } },
}

function responsesOf({ response }: FastifySchema): object {
  return typeof response === 'object' && response !== null ? response : {}
}

/** Each named schema comes as it is sent and as it is answered; most are only one of them. */
function withoutUnused<Document extends object>(document: Document): Document {
  const components = 'components' in document ? document.components : undefined
  if (typeof components !== 'object' || components === null || !('schemas' in components)) return document
  const schemas = Object.entries(components.schemas ?? {})
  const used = new Set<string>()
  const visit = (value: unknown): void => {
    for (const [, name = ''] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue
      used.add(name)
      visit(schemas.find(([key]) => key === name)?.[1] ?? null)
    }
  }
  visit('paths' in document ? document.paths : {})
  const kept = Object.fromEntries(schemas.filter(([name]) => used.has(name)))
  return { ...document, components: { ...components, schemas: kept } }
}
