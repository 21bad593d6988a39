import { z } from 'zod'
import type { Endpoint } from './endpoint.ts'
import { routeOf } from './mount.ts'

type Json = { [name: string]: unknown }

export type OpenApiFacts = { title: string; version: string; description?: string; origin?: string }

/** Prints the declarations as an OpenAPI 3.1 document. Schemas with a `meta({ id })` become shared components. */
export function openApi(endpoints: readonly Endpoint[], facts: OpenApiFacts): Json {
  const components: Json = {}
  const scopes = new Set<string>()
  const paths: Record<string, Json> = {}
  for (const endpoint of endpoints) {
    const { method, path } = routeOf(endpoint)
    const templated = path.replace(/:([^/{]+)(?:\{[^}]*\})?/g, '{$1}')
    for (const scope of scopesOf(endpoint)) scopes.add(scope)
    paths[templated] ??= {}
    ;(paths[templated] as Json)[method.toLowerCase()] = operationOf(endpoint, components)
  }
  components.Error = {
    type: 'object',
    properties: {
      error: { type: 'string' },
      error_description: { type: 'string' },
      details: { type: 'object', additionalProperties: true },
    },
    required: ['error'],
  }
  return {
    openapi: '3.1.0',
    info: {
      title: facts.title,
      version: facts.version,
      ...(facts.description ? { description: facts.description } : {}),
    },
    ...(facts.origin ? { servers: [{ url: facts.origin }] } : {}),
    paths,
    components: { schemas: components, securitySchemes: securitySchemes([...scopes].sort()) },
  }
}

/** A name for the operation that stays as long as the route does: `GET /api/v1/statuses/:id` is getApiV1StatusesById. */
export function operationId(route: string): string {
  const [method = '', path = ''] = route.split(' ', 2)
  const words = path.split(/[/._-]+/).filter((word) => word !== '')
  const name = words
    .map((word) => (word.startsWith(':') ? `By${capital(word.slice(1))}` : capital(word)))
    .join('')
  return method.toLowerCase() + name
}

const capital = (word: string) =>
  word.replace(/[^A-Za-z0-9]/g, '').replace(/^./, (first) => first.toUpperCase())

const listOf = (scopes: string | readonly string[]) => (typeof scopes === 'string' ? [scopes] : scopes)

function scopesOf(endpoint: Endpoint): readonly string[] {
  const { scope, ifToken } = endpoint
  if (scope === 'public' || scope === 'app') return ifToken === undefined ? [] : listOf(ifToken)
  return listOf(scope)
}

function securityOf(endpoint: Endpoint): Json[] {
  const scopes = scopesOf(endpoint)
  const needed = scopes.length === 0 ? [{ oauth2: [] }] : scopes.map((scope) => ({ oauth2: [scope] }))
  return endpoint.scope === 'public' ? [{}, ...needed] : needed
}

function operationOf(endpoint: Endpoint, components: Json): Json {
  const { path } = routeOf(endpoint)
  const id = operationId(endpoint.route)
  const names = [...path.matchAll(/:([^/{]+)/g)].map((found) => found[1] as string)
  const parameters: Json[] = names.map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  if (endpoint.query) parameters.push(...queryParameters(endpoint.query, id, components))
  if (endpoint.once) parameters.push({ name: 'Idempotency-Key', in: 'header', schema: { type: 'string' } })
  const operation: Json = {
    operationId: id,
    summary: endpoint.summary,
    tags: [path.split('/').find((part) => part !== '' && part !== 'api' && !/^v\d/.test(part)) ?? 'root'],
    security: securityOf(endpoint),
    responses: {
      200: {
        description: 'Done',
        content: {
          'application/json': { schema: schemaOf(endpoint.returns, 'output', `${id}Answer`, components) },
        },
      },
      ...refusalsOf(endpoint),
    },
  }
  if (parameters.length > 0) operation.parameters = parameters
  if (endpoint.body) operation.requestBody = bodyOf(endpoint, id, components)
  return operation
}

function queryParameters(query: z.ZodType, id: string, components: Json): Json[] {
  const schema = schemaOf(query, 'input', `${id}Query`, components)
  const shared =
    typeof schema.$ref === 'string' ? (components[schema.$ref.split('/').at(-1) as string] as Json) : schema
  const required = new Set(shared.required as string[] | undefined)
  return Object.entries((shared.properties ?? {}) as Record<string, Json>).map(([name, property]) => {
    const isList = property.type === 'array'
    return {
      name: isList ? `${name}[]` : name,
      in: 'query',
      ...(required.has(name) ? { required: true } : {}),
      ...(isList ? { style: 'form', explode: true } : {}),
      schema: property,
    }
  })
}

function bodyOf(endpoint: Endpoint, id: string, components: Json): Json {
  const schema = schemaOf(endpoint.body as z.ZodType, 'input', `${id}Form`, components)
  const types = endpoint.files
    ? ['multipart/form-data']
    : ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data']
  return { content: Object.fromEntries(types.map((type) => [type, { schema }])) }
}

function refusalsOf(endpoint: Endpoint): Json {
  const refusal = (description: string) => ({
    description,
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  })
  const refusals: Json = { 429: refusal('Too many requests') }
  if (endpoint.scope !== 'public') refusals[401] = refusal('No valid token')
  if (scopesOf(endpoint).length > 0) refusals[403] = refusal('The scopes do not cover this')
  if (routeOf(endpoint).path.includes(':')) refusals[404] = refusal('Not there, or not visible')
  if (endpoint.body || endpoint.query || endpoint.scope !== 'public')
    refusals[422] = refusal('Cannot be accepted')
  return refusals
}

/** The JSON Schema of a zod schema, its named parts moved into the components. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', owner: string, components: Json): Json {
  const printed = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    // Answers may gain fields: a reader must not be told that there are no others.
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
    },
  }) as Json
  const { $schema: _dialect, $defs: parts = {}, id: _id, ...rest } = printed
  const nameOf = (name: string) => (name.startsWith('__') ? `${owner}${name.replace(/\W|_/g, '')}` : name)
  const move = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(move)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => {
        if (name !== '$ref' || typeof each !== 'string') return [name, move(each)]
        if (each === '#') return [name, `#/components/schemas/${owner}`]
        return [name, `#/components/schemas/${nameOf(each.slice('#/$defs/'.length))}`]
      }),
    )
  }
  for (const [name, part] of Object.entries(parts as Json)) components[nameOf(name)] ??= move(part)
  const root = move(rest) as Json
  const named = typeof printed.id === 'string' ? printed.id : null
  if (named === null && !JSON.stringify(rest).includes('"$ref":"#"')) return root
  const name = named ?? owner
  components[name] ??= root
  return { $ref: `#/components/schemas/${name}` }
}

function securitySchemes(scopes: string[]): Json {
  return {
    oauth2: {
      type: 'oauth2',
      flows: {
        authorizationCode: {
          authorizationUrl: '/oauth/authorize',
          tokenUrl: '/oauth/token',
          scopes: Object.fromEntries(scopes.map((scope) => [scope, scope])),
        },
        clientCredentials: {
          tokenUrl: '/oauth/token',
          scopes: Object.fromEntries(scopes.map((scope) => [scope, scope])),
        },
      },
    },
  }
}
