import type { CallInput } from '../api/client.ts';
import type { AnswerOf } from '../contracts/endpoint.ts';
import type { deviceImport } from '../contracts/http/device-import.ts';
import type { Screen } from './context.ts';
import { wrong } from './given.ts';
import { table } from './text/table.ts';

type Import = (typeof deviceImport)['importDevices'];

/** JSON is a list of devices or `{"devices": […]}`, as the API takes it; anything else is a table. */
export function importInput(text: string): CallInput<Import> {
  if (!/^\s*[[{]/.test(text)) return { text };
  const devices = devicesIn(text);
  return { body: { devices } };
}

function devicesIn(text: string): unknown[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    wrong('file', `is not valid JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  const devices: unknown =
    typeof document === 'object' && document !== null && 'devices' in document ? document.devices : document;
  return Array.isArray(devices) ? devices : wrong('file', 'must be a list of devices, or {"devices": […]}');
}

/** Counts, and a line for each field that is wrong. */
export function importResult({ created, updated, failed }: AnswerOf<Import>, screen: Screen): string {
  const rows = failed.flatMap(({ row, errors }) => errors.map((error) => ({ row, ...error })));
  const counts = `${created} created, ${updated} updated, ${failed.length} failed\n`;
  if (rows.length === 0) return counts;
  return (
    counts +
    table(
      screen,
      rows,
      [
        { head: 'ROW', of: (bad) => bad.row, right: true },
        { head: 'FIELD', of: (bad) => bad.pointer },
        { head: 'ERROR', of: (bad) => bad.detail },
      ],
      '',
    )
  );
}
