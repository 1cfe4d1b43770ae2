import { styleText } from 'node:util';
import type { Screen } from '../context.ts';

export type Color = 'green' | 'red' | 'yellow' | 'cyan' | 'bold' | 'dim';

/** In colour where the screen has any. */
export function paint(screen: Pick<Screen, 'color'>, color: Color | null, text: string): string {
  return screen.color && color !== null ? styleText(color, text, { validateStream: false }) : text;
}

const STATUS_COLORS: Record<string, Color> = {
  completed: 'green',
  success: 'green',
  ok: 'green',
  empty: 'green',
  active: 'green',
  served: 'green',
  closed: 'green',
  partial: 'yellow',
  pausing: 'yellow',
  paused: 'yellow',
  half_open: 'yellow',
  cancelling: 'yellow',
  cancelled: 'yellow',
  in_progress: 'cyan',
  pending: 'dim',
  unknown: 'dim',
};

/** Of a status, an outcome or a state: what is not known as good or open is red. */
export function statusColor(status: string | null | undefined): Color | null {
  return status === null || status === undefined ? null : (STATUS_COLORS[status] ?? 'red');
}

/** A unified difference, its lines in colour. */
export function paintDiff(screen: Pick<Screen, 'color'>, text: string): string {
  if (!screen.color) return text;
  return text
    .split('\n')
    .map((line) => paint(screen, diffColor(line), line))
    .join('\n');
}

function diffColor(line: string): Color | null {
  if (line.startsWith('--- ') || line.startsWith('+++ ')) return 'bold';
  if (line.startsWith('@@')) return 'cyan';
  return line.startsWith('+') ? 'green' : line.startsWith('-') ? 'red' : null;
}
