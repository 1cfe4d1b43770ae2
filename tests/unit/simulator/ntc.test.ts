import { describe, expect, it } from 'vitest';
import type { Kind, Records } from '../../../core/facts.ts';
import { toRecords } from '../../../devices/records/index.ts';
import type { Row } from '../../../devices/platform.ts';
import { buildNetwork } from '../../../simulator/network.ts';
import { simPlatforms } from '../../../simulator/platforms/index.ts';
import { parseWithNtc, whyNoNtc, type NtcJob, type NtcRow } from './ntc.ts';
import type { Check } from './ntc-check.ts';
import { CHECKS } from './ntc-checks.ts';

const missing = whyNoNtc();
if (missing !== null) process.stderr.write(`ntc.test.ts is skipped: ${missing}\n`);

/** 26 devices of one platform: a full pod, a ring of two and a small pod. */
const network = (name: string) => {
  const platform = simPlatforms.get(name);
  if (!platform) throw new Error(`no platform ${name}`);
  return buildNetwork({ devices: 26, seed: 3, platforms: [platform], host: '127.20.0.1', user: 'admin' });
};

/** Records without what the template leaves out. */
function seen(check: Check, records: object[]): object[] {
  return records.map((record) => {
    const name = 'name' in record ? String(record.name) : '';
    const left = [...(check.gaps ?? []), ...(check.gapsIn?.name.test(name) ? check.gapsIn.fields : [])];
    return Object.fromEntries(Object.entries(record).filter(([field]) => !left.includes(field)));
  });
}

describe.skipIf(missing !== null)("every output reads with Python's ntc-templates", () => {
  for (const name of simPlatforms.keys()) {
    const checks = CHECKS[name] ?? [];
    it.runIf(checks.length > 0)(name, () => {
      const { devices, facts, seed } = network(name);
      const cases = devices.flatMap((device) =>
        checks
          .filter((check) => !check.leavesOnly || device.role === 'leaf')
          .map((check) => ({ device, check, context: { device, facts: facts(device), seed, argument: null } })),
      );
      const jobs = cases.map(({ device, check, context }): NtcJob => {
        const command = device.platform.commands.find((known) => known.name === check.command);
        if (!command) throw new Error(`${name} has no command ${check.command}`);
        const lines = command.render(context).split('\n');
        const kept = lines.filter((line) => !check.withoutLines?.test(line));
        return { template: `${name}_${check.template}`, text: kept.join('\n') };
      });
      let records = 0;
      parseWithNtc(jobs).forEach((rows, index) => {
        const { device, check, context } = cases[index]!;
        const where = `${device.name}: ${check.command}`;
        if (check.fails) return expect(rows, where).toMatchObject({ error: expect.stringContaining(check.fails) });
        if (!Array.isArray(rows)) throw new Error(`${where}: ${rows.error}`);
        if (!check.kind) return expect(rows.length, where).toBeGreaterThan(0);
        if (check.sameRows) expect(rows, where).toEqual(device.platform.rows?.[check.kind]?.(context));
        const got = recordsOf(check, rows);
        const all: object[] = device.platform.truth[check.kind](context);
        const want = check.withoutLines ? all.filter((record) => !('blackhole' in record && record.blackhole)) : all;
        expect(seen(check, got), where).toEqual(seen(check, want));
        records += got.length;
      });
      expect(records).toBeGreaterThan(100);
    });
  }
});

function recordsOf(check: Check, rows: NtcRow[]): Records[Kind][] {
  const kind = check.kind;
  if (!kind) return [];
  const kept: Row[] = merged(rows, check.mergeBy)
    .filter((row) => check.where?.(row) ?? true)
    .map((row) => ({ ...row, ...check.mend?.(row) }));
  return toRecords(kind, kept);
}

/** Rows that share a value become one: what the first leaves empty the next fills in. */
function merged(rows: NtcRow[], by: string | undefined): NtcRow[] {
  if (by === undefined) return rows;
  const known = new Map<string, NtcRow>();
  for (const row of rows) {
    const key = String(row[by]);
    const filled = Object.entries(row).filter(([, value]) => value !== null && value !== '' && value.length > 0);
    known.set(key, { ...known.get(key), ...Object.fromEntries(filled) });
  }
  return [...known.values()];
}
