import type { InventoryRule, SourceRecord } from '../../../core/inventory.ts';
import { createRuleBook } from '../../../core/inventory-rules.ts';
import type { CurrentDevice, Reconciled, ReconcileOptions } from '../../../core/reconcile.ts';
import { createPlatformMap } from '../../../inventory/platforms.ts';
import { platformRegistry } from '../../../devices/platform-registry.ts';

const registry = platformRegistry();

/** A good record; whatever is told replaces it. */
export function record(name: string, told: Partial<SourceRecord> = {}): SourceRecord {
  return {
    key: `key of ${name}`,
    name,
    host: `${name}.example.org`,
    port: null,
    transport: null,
    platform: 'cisco_ios',
    site: null,
    role: null,
    tenant: null,
    status: null,
    tags: [],
    credential: null,
    collection_group: null,
    external_id: null,
    ...told,
  };
}

/** The device that `record(name)` makes. */
export function device(name: string, told: Partial<CurrentDevice> = {}): CurrentDevice {
  return {
    id: `id of ${name}`,
    name,
    host: `${name}.example.org`,
    port: 22,
    platform: 'cisco_ios',
    transport: 'ssh',
    site: null,
    tags: [],
    credential_id: null,
    collection_group_id: null,
    external_id: null,
    enabled: true,
    source: 'box',
    source_key: `key of ${name}`,
    vanished_at: null,
    reaches: null,
    ...told,
  };
}

export const NOW = Date.UTC(2027, 0, 31);
export const DAY = 86_400_000;

export function options(told: Partial<ReconcileOptions> & { ruleList?: InventoryRule[] } = {}): ReconcileOptions {
  const { ruleList = [], ...rest } = told;
  return {
    source: 'box',
    rules: createRuleBook(ruleList),
    known: {
      platform: createPlatformMap((text) => (text === 'auto' ? text : (registry.find(text)?.name ?? null))),
      credentials: new Map([
        ['lab', 'credential 1'],
        ['dc', 'credential 2'],
      ]),
      groups: new Map([['berlin', 'group 1']]),
    },
    statuses: null,
    adopt: false,
    remove_after_days: null,
    force: false,
    now: NOW,
    ...rest,
  };
}

/** The devices that there are when a reconciliation was carried out, as the store does it. */
export function carriedOut(current: CurrentDevice[], result: Reconciled, source = 'box'): CurrentDevice[] {
  if (result.refused !== null) return current;
  const removed = new Set(result.remove.map((one) => one.id));
  const disabled = new Set(result.disable.map((one) => one.id));
  const changes = new Map(result.update.map((change) => [change.id, change]));
  const kept = current.flatMap((one) => {
    if (removed.has(one.id)) return [];
    if (disabled.has(one.id)) return [{ ...one, enabled: false, vanished_at: NOW }];
    const change = changes.get(one.id);
    if (change === undefined) return [one];
    return [{ ...one, ...change.set, source, source_key: change.key, vanished_at: null, enabled: one.enabled || change.back }];
  });
  const created = result.create.map(({ key, ...wanted }) =>
    device(wanted.name, { ...wanted, id: `new ${key}`, source, source_key: key }),
  );
  return [...kept, ...created];
}
