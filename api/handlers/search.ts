import { roleAllows } from '../../core/roles.ts';
import type { search } from '../../contracts/http/search.ts';
import { searchCaches } from '../../stores/search.ts';
import { classifyQuery } from '../../topology/search.ts';
import { invalid } from '../../core/errors.ts';
import type { Handlers } from '../endpoint.ts';
import { searchConfigurations } from '../search-configurations.ts';

const CACHE_MS = 3_000;
const TEXT_MS = 5_000;

export const searchHandlers: Handlers<typeof search> = {
  async search({ deps, principal, query: { q, limit } }) {
    const wanted = classifyQuery(q);
    if (wanted === null) throw invalid('query/q', 'must not be blank');
    const caches = await searchCaches(deps.database, principal, wanted, limit, CACHE_MS);
    const items = caches.items.map((found) => ({ ...found, task_identifier: null, line: null }));
    const incomplete = caches.incomplete.map((part) => ({ part, reason: `not done in ${CACHE_MS / 1000} s` }));
    if (!roleAllows(principal.role, 'operator')) {
      const reason = 'configurations may hold secrets: they are searched for operators only';
      return { status: 200, body: { kind: wanted.kind, items, incomplete: [...incomplete, { part: 'configuration', reason }] } };
    }
    const texts = await searchConfigurations(deps, principal, q, limit, TEXT_MS);
    const lines = texts.lines.map(({ device_id, device_name, task_identifier, line, text }) => {
      const where = { kind: 'configuration' as const, device_id, device_name, task_identifier, line };
      return { ...where, interface: null, match: text.slice(0, 500), vlan: null, vrf: null };
    });
    const untold = texts.incomplete.map((reason) => ({ part: 'configuration', reason }));
    return { status: 200, body: { kind: wanted.kind, items: [...items, ...lines], incomplete: [...incomplete, ...untold] } };
  },
};
