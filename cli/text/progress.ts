import type { Screen } from '../context.ts';
import { cut, pad } from './fit.ts';
import { paint, statusColor } from './paint.ts';
import { safeLine } from './safe.ts';
import { duration } from './words.ts';

const ERASE_LINE = '\r\u001b[2K';
const REDRAW_MS = 500;
/** Where nobody looks: between two lines of the same status. */
const QUIET_MS = 10_000;
const BAR = 24;

export interface ProgressState {
  status: string;
  total: number;
  running: number;
  completed: number;
  failed: number;
  cancelled: number;
  percentage: number;
}

/** How far a job is: a bar that is drawn anew on a terminal, a line now and then anywhere else. */
export interface Progress {
  update(state: ProgressState): void;
  /** A line that stays. */
  note(line: string): void;
  /** Takes the bar away. */
  close(): void;
}

/** `startedAt`: milliseconds since 1970, when the job began. `noun`: what it counts, one of it. */
export function createProgress(screen: Screen, startedAt: number, noun = 'device'): Progress {
  let state: ProgressState | null = null;
  let told = { at: 0, text: '', status: '' };

  const draw = (): void => {
    if (state !== null) screen.write(ERASE_LINE + barOf(screen, state, (Date.now() - startedAt) / 1000, noun));
  };
  const timer = screen.terminal ? setInterval(draw, REDRAW_MS) : null;
  timer?.unref();

  return {
    update(next) {
      state = next;
      if (screen.terminal) return draw();
      const text = `${next.status} ${countsOf(next, noun)}`;
      if (text === told.text || (next.status === told.status && Date.now() - told.at < QUIET_MS)) return;
      told = { at: Date.now(), text, status: next.status };
      screen.write(`${text}\n`);
    },
    note(line) {
      const text = `${safeLine(line)}\n`;
      if (!screen.terminal) return screen.write(text);
      screen.write(ERASE_LINE + text);
      draw();
    },
    close() {
      if (timer !== null) clearInterval(timer);
      if (screen.terminal && state !== null) screen.write(ERASE_LINE);
      state = null;
    },
  };
}

function countsOf({ total, running, completed, failed, cancelled, percentage }: ProgressState, noun: string): string {
  const parts = [
    `${completed + failed + cancelled}/${total} ${noun}s`,
    ...(running > 0 ? [`${running} running`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(cancelled > 0 ? [`${cancelled} cancelled`] : []),
  ];
  return `${Math.floor(percentage)} %, ${parts.join(', ')}`;
}

/** The bar in at most the width of the screen, less one: a full last column makes some terminals wrap. */
export function barOf(
  screen: Pick<Screen, 'width' | 'color'>,
  state: ProgressState,
  elapsedSeconds: number,
  noun = 'device',
): string {
  const over = state.completed + state.failed + state.cancelled;
  const left = state.status === 'in_progress' && over > 0 ? (elapsedSeconds / over) * (state.total - over) : null;
  const time = `${duration(elapsedSeconds)}${left === null ? '' : `, ${duration(left)} to go`}`;
  const full = Math.round((BAR * state.percentage) / 100);
  const bar = `${'█'.repeat(full)}${'░'.repeat(BAR - full)}`;
  const text = ` ${pad(state.status, 11, false)} ${countsOf(state, noun)}, ${time}`;
  const room = screen.width - 1;
  return room <= BAR ? cut(text.trim(), room) : paint(screen, statusColor(state.status), bar) + cut(text, room - BAR);
}
