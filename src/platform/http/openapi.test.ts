import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { bareEndpoints } from './bare-app.ts'
import { endpoint } from './endpoint.ts'
import { openApi, operationId } from './openapi.ts'

type Document = {
  openapi: string
  paths: Record<string, Record<string, Record<string, unknown>>>
  components: { schemas: Record<string, unknown>; securitySchemes: { oauth2: { flows: unknown } } }
}
const print = (endpoints = bareEndpoints) =>
  openApi(endpoints, { title: 'Hyrax', version: '1' }) as unknown as Document

describe('the printed declarations', () => {
  const document = print()

  test('hold every route once, with its parameters, scopes and forms', () => {
    assert.equal(document.openapi, '3.1.0')
    const view = document.paths['/api/v1/things/{id}']?.get
    assert.equal(view?.operationId, 'getApiV1ThingsById')
    assert.deepEqual(view?.parameters, [
      { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
    ])
    assert.deepEqual(view?.security, [{}, { oauth2: ['read:statuses'] }])
    const first = document.paths['/api/v1/things/first']?.get?.parameters as {
      name: string
      schema: unknown
    }[]
    assert.deepEqual(first.find(({ name }) => name === 'loud')?.schema, { type: 'boolean' })
    const make = document.paths['/api/v1/things']?.post
    assert.match(JSON.stringify(make?.requestBody), /"ids":\{.*"type":"array"/)
    assert.match(JSON.stringify(make?.parameters), /Idempotency-Key/)
    assert.deepEqual(Object.keys(make?.responses as object), ['200', '401', '403', '422', '429'])
    const picture = JSON.stringify(document.paths['/api/v1/pictures']?.post?.requestBody)
    assert.match(picture, /multipart\/form-data.*"format":"binary"/)
  })

  test('share named schemas, and every reference leads somewhere', () => {
    const Tree: z.ZodType = z.object({ name: z.string(), kids: z.lazy(() => z.array(Tree)) })
    const more = endpoint({
      route: 'GET /api/v1/trees',
      scope: 'public',
      summary: 'Trees',
      returns: z.array(Tree),
      handle: async () => [],
    })
    const own = endpoint({
      ...more,
      route: 'GET /api/v1/tree',
      returns: Tree,
      handle: async () => ({}),
    } as never)
    const text = JSON.stringify(print([...bareEndpoints, more, own]))
    const { schemas } = (JSON.parse(text) as Document).components
    assert.ok(schemas.Thing && schemas.Error)
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map((found) => found[1] as string)
    assert.ok(references.length > 3)
    for (const reference of references) {
      assert.ok(
        reference.startsWith('#/components/schemas/') && schemas[reference.split('/').at(-1) as string],
        reference,
      )
    }
  })

  test('name operations after their routes, each differently', () => {
    assert.equal(
      operationId('DELETE /api/v1_alpha/async_refreshes/:id'),
      'deleteApiV1AlphaAsyncRefreshesById',
    )
    const ids = bareEndpoints.map(({ route }) => operationId(route))
    assert.equal(new Set(ids).size, ids.length)
  })
})
