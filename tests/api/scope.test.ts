import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allEndpoints } from '../../contracts/http/index.ts';
import { roleAllows } from '../../core/roles.ts';
import { startApi, type Answered, type TestApi } from './harness.ts';
import { nobody, references, SCOPES, type ScopeClass } from './support/scope-table.ts';
import { plant, type Caller, type Side, type World } from './support/scope-world.ts';

let api: TestApi;
let world: World;
/** Admins, so that no role is in the way; of the second group, of both, of all devices. */
let ofB: Caller;
let ofBoth: Caller;
let ofAll: Caller;
/** Of the second group as well. */
let ofRole: Record<'viewer' | 'operator', Caller>;

beforeAll(async () => {
  api = await startApi({ temporal: true });
  world = await plant(api);
  ({ ofB } = world);
  const { group } = world.b;
  ofRole = { viewer: await world.as([group], 'viewer'), operator: await world.as([group], 'operator') };
  [ofBoth, ofAll] = [await world.as([world.a.group, world.b.group]), await world.as(null)];
});
afterAll(() => api?.stop());

const ENDPOINTS = allEndpoints().map(({ operationId, endpoint }) => ({ operationId, endpoint, scope: SCOPES[operationId] }));
const of = <K extends string>(key: K) =>
  ENDPOINTS.flatMap(({ scope, ...rest }) =>
    typeof scope === 'object' && key in scope ? [{ ...rest, scope: scope as Extract<ScopeClass, { [P in K]: unknown }> }] : [],
  );
const called = (scope: ScopeClass) => ENDPOINTS.filter((one) => one.scope === scope);

/** `told`: what the request itself has said. */
function expectNothingOfA(text: string, told: string[] = []): void {
  const longest = told.toSorted((a, b) => b.length - a.length);
  const left = longest.reduce((rest, value) => rest.replaceAll(value, ''), text.toLowerCase());
  const found = world.markers.filter((marker) => left.includes(marker));
  if (found.length > 0) throw new Error(`${found.join()} in ${text}`);
}

/** An answer without what the request itself said, and without its number. */
const plain = ({ status, text }: Answered, said: Record<string, string>) =>
  [
    status,
    Object.entries(said)
      .reduce((left, [key, value]) => left.replaceAll(value, `<${key}>`), text)
      .replace(/"request_id":"[^"]*"/, ''),
  ] as const;

/** What a request can have said of a side. */
const saidOf = (side: Side): Record<string, string> =>
  Object.fromEntries(Object.entries(side).map(([key, value]) => [key, value]));

it('every endpoint is classified, and none that is gone', () => {
  expect(Object.keys(SCOPES).toSorted()).toEqual(ENDPOINTS.map((one) => one.operationId).toSorted());
  expect(called('whole').map((one) => one.operationId)).toEqual(
    ENDPOINTS.filter(({ endpoint }) => endpoint.allDevices === true).map((one) => one.operationId),
  );
});

describe.each(of('names'))('$endpoint.method $endpoint.path', ({ endpoint, scope }) => {
  const call = (caller: Caller, side: Side, reference: string) => {
    const rest: Record<string, string> = scope.rest?.(side) ?? {};
    const path = endpoint.path.slice('/api'.length).replaceAll(/\{(\w+)\}/g, (_, name: string) => rest[name] ?? reference);
    return caller(endpoint.method, path + (scope.query ?? ''), scope.body);
  };

  it('answers a foreign thing as one that is not there, by id and by name', async () => {
    const none = nobody(world.a);
    const theirs = references(world.a, scope.names, scope.of);
    for (const [index, reference] of references(none, scope.names, scope.of).entries()) {
      const [foreign, missing] = [await call(ofB, world.a, theirs[index]!), await call(ofB, none, reference)];
      expect(missing.status).toBe(404);
      expect(plain(foreign, saidOf(world.a))).toEqual(plain(missing, saidOf(none)));
      expectNothingOfA(foreign.text, [theirs[index]!, world.a.backup]);
    }
  });

  it.each(['viewer', 'operator'] as const)('as %s of another group: 403 where the role is too small, else 404', async (role) => {
    const theirs = references(world.a, scope.names, scope.of);
    const expected = endpoint.role === 'public' || roleAllows(role, endpoint.role) ? 404 : 403;
    for (const reference of theirs) expect((await call(ofRole[role], world.a, reference)).status).toBe(expected);
  });

  it.runIf(scope.works !== undefined)('and works for who may see it', async () => {
    for (const reference of references(world.b, scope.names, scope.of)) {
      const answer = await call(ofB, world.b, reference);
      expect([answer.status, answer.text]).toEqual([scope.works, expect.any(String)]);
      expectNothingOfA(answer.text);
    }
    const [reference] = references(world.a, scope.names, scope.of);
    // A schedule or preset is its owner's.
    const isOwn = scope.names === 'schedule' || scope.names === 'preset';
    expect((await call(ofBoth, world.a, reference!)).status).toBe(isOwn ? 404 : scope.works);
    expect((await call(ofAll, world.a, reference!)).status).toBe(scope.works);
  });
});

describe.each(of('tells'))('$endpoint.method $endpoint.path', ({ endpoint, scope }) => {
  it('says of what is foreign in its body what it says of what is not there', async () => {
    const none = nobody(world.a);
    const send = (side: Side, make: (side: Side) => object) => {
      const body: unknown = JSON.parse(JSON.stringify(make(side)).replaceAll('$own', world.b.group));
      return ofB(endpoint.method, endpoint.path.slice('/api'.length), body);
    };
    for (const make of scope.tells) {
      const [foreign, missing] = [await send(world.a, make), await send(none, make)];
      expect(plain(foreign, saidOf(world.a))).toEqual(plain(missing, saidOf(none)));
      expect([
        JSON.stringify(make(none)),
        foreign.text,
        foreign.status < 500 && foreign.status !== 201 && foreign.status !== 202,
      ]).toEqual([expect.anything(), expect.anything(), true]);
      const body = JSON.stringify(make(world.a));
      const names = ['-sw1', '-group', '-tag', '-site', '-plan', '-login', ''].map((end) => world.a.word + end);
      expectNothingOfA(
        foreign.text,
        [...Object.values(world.a), ...names].filter((value) => body.includes(value)),
      );
    }
  });
});

describe.each(of('lists'))('$endpoint.method $endpoint.path', ({ scope }) => {
  it('holds nothing foreign, and what is the caller’s own', async () => {
    const texts: string[] = [];
    for (const path of scope.lists(world)) {
      const answer = await ofB('GET', path);
      expect([path, answer.status]).toEqual([path, 200]);
      expectNothingOfA(answer.text);
      texts.push(answer.text);
      const all = await ofAll('GET', path);
      expect([path, all.status]).toEqual([path, path.includes('the-uplink') ? 404 : 200]);
    }
    if (scope.own !== null) expect(texts.join('\n')).toMatch(scope.own);
  });
});

describe.each(called('whole'))('$endpoint.method $endpoint.path', ({ endpoint }) => {
  it('is forbidden for who sees some groups only, whatever his role', async () => {
    const path = endpoint.path.slice('/api'.length).replaceAll(/\{\w+\}/g, world.a.device);
    const answer = await ofB<{ code: string }>(endpoint.method, path, endpoint.body === undefined ? undefined : {});
    expect([answer.status, answer.json.code]).toEqual([403, 'forbidden']);
    expectNothingOfA(answer.text, [world.a.device]);
  });
});

it('what needs nobody’s devices tells of none', async () => {
  for (const { endpoint } of [...called('open'), ...called('self')]) {
    if (endpoint.method !== 'GET' || endpoint.role === 'public') continue;
    expectNothingOfA((await ofB('GET', endpoint.path.slice('/api'.length))).text);
  }
});
