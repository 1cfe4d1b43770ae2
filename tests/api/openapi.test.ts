import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../api/app.ts';
import { createMetrics } from '../../runtime/metrics.ts';
import { allEndpoints } from '../../contracts/http/index.ts';
import { startApi, type TestApi } from './harness.ts';

interface Operation {
  operationId: string;
  security: unknown[];
  responses: Record<string, { content?: Record<string, unknown> }>;
  requestBody?: { content: Record<string, { schema: unknown }> };
  deprecated?: boolean;
  parameters?: { name: string; in: string; required: boolean }[];
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { additionalProperties?: boolean; required?: string[]; properties?: object }> };
}

let api: TestApi;
let document: Document;
beforeAll(async () => {
  api = await startApi();
  document = (await api.send<Document>('GET', '/api/openapi.json', { as: null })).json;
});
afterAll(() => api.stop());

test('the document is valid OpenAPI 3.1', async () => {
  const { valid, errors } = await new Validator().validate(JSON.stringify(document, null, 2));
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
  expect(document.openapi).toBe('3.1.0');
});

test('every reference leads somewhere', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1]!);
  expect(references.length).toBeGreaterThan(20);
  const missing = references.filter(
    (reference) => !(reference.replace('#/components/schemas/', '') in document.components.schemas),
  );
  expect(missing).toEqual([]);
});

test('what is registered is what is documented', () => {
  const registered = createApp({ ...api.deps, metrics: createMetrics('second') })
    .router.stack.flatMap(({ route }) => (route === undefined ? [] : [route]))
    .flatMap((route) =>
      route.stack.flatMap((layer) => (layer.method && layer.name !== 'otherMethod' ? [`${layer.method} ${route.path}`] : [])),
    )
    .filter((route) => route !== 'get /');
  const documented = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  );
  expect(new Set(registered)).toEqual(new Set(documented));
  expect(documented.length).toBe(allEndpoints().length);
});

test('operation ids are unique', () => {
  const ids = allEndpoints().map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

test('every operation tells its security and its errors', () => {
  for (const { endpoint } of allEndpoints()) {
    const operation = document.paths[endpoint.path]![endpoint.method.toLowerCase()]!;
    const statuses = Object.keys(operation.responses);
    const problems = statuses.filter((status) => 'application/problem+json' in (operation.responses[status]!.content ?? {}));
    expect(problems).toContain('500');
    expect(operation.security).toEqual(endpoint.role === 'public' ? [] : [{ bearer: [] }]);
    if (endpoint.role !== 'public') expect(problems).toEqual(expect.arrayContaining(['401', '403', '503']));
    if (endpoint.body !== undefined) expect(problems).toEqual(expect.arrayContaining(['400', '413', '415', '422']));
    if (endpoint.params !== undefined) expect(problems).toEqual(expect.arrayContaining(['404', '422']));
  }
});

test('bodies are strict and show their defaults as optional', () => {
  const body = document.components.schemas.DiscoverBody!;
  expect(body.additionalProperties).toBe(false);
  expect(body.required).toBeUndefined();
  expect(body.properties).toMatchObject({ include_arp: { type: 'boolean', default: true }, priority: { default: 5 } });
  expect(document.paths['/api/topology/discover']!.post!.deprecated).toBe(true);
  expect(Object.keys(document.paths['/api/devices/import']!.post!.requestBody!.content)).toEqual([
    'application/json',
    'text/csv',
  ]);
});

test('every example is a body that is taken', () => {
  const examples = allEndpoints().flatMap(({ operationId, endpoint: { body, example } }) =>
    example === undefined ? [] : [[operationId, body?.safeParse(example).success]],
  );
  expect(examples.length).toBeGreaterThan(8);
  expect(examples.filter(([, taken]) => taken !== true)).toEqual([]);
});

test('the page is served from here, under its content security policy', async () => {
  const page = await api.send('GET', '/api/docs', { as: null });
  expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
  expect(page.text).not.toMatch(/<script>|https?:|on\w+=/);
  const assets = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
  expect(assets).toHaveLength(3);
  for (const asset of assets) expect((await api.send('GET', asset, { as: null })).status).toBe(200);
  expect((await api.send('GET', '/api/docs/assets/package.json', { as: null })).status).toBe(404);
});
