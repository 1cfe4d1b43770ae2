import { findInText } from '../artifacts/find-in-text.ts';
import { AppError } from '../core/errors.ts';
import { newestTexts } from '../stores/backups.ts';
import type { Scope } from '../stores/scope.ts';
import type { ApiDeps } from './deps.ts';

export interface ConfigurationLine {
  device_id: string;
  device_name: string;
  task_identifier: string;
  /** From 1. */
  line: number;
  text: string;
}

const PAGE = 200;
const AT_ONCE = 8;
const LINES_A_DEVICE = 5;

/**
 * Lines of the newest version of each device in scope that hold the text, device by device in the order of their names. `incomplete` says why
 * not all was read: enough was found, the time was over, a text could not be read.
 */
export async function searchConfigurations(
  { database, artifacts }: Pick<ApiDeps, 'database' | 'artifacts'>,
  scope: Scope,
  text: string,
  limit: number,
  timeoutMs: number,
): Promise<{ lines: ConfigurationLine[]; incomplete: string[] }> {
  const deadline = Date.now() + timeoutMs;
  const lines: ConfigurationLine[] = [];
  let unread = 0;
  let after = '';
  const ended = (...why: string[]): { lines: ConfigurationLine[]; incomplete: string[] } => {
    if (unread > 0) why.push(`${unread} text(s) could not be read from the artifact store`);
    return { lines: lines.slice(0, limit), incomplete: why };
  };
  for (;;) {
    const page = await newestTexts(database, scope, after, PAGE);
    for (let at = 0; at < page.length; at += AT_ONCE) {
      if (lines.length >= limit) return ended(`only the first ${limit} lines are told`);
      if (Date.now() > deadline) return ended(`not done in ${timeoutMs / 1000} s: read up to ${after || 'the first device'}`);
      const group = page.slice(at, at + AT_ONCE);
      const found = await Promise.all(
        group.map(async ({ artifact, ...version }) => {
          const whole = artifact === null ? null : await textOrNull(artifacts, artifact);
          if (whole === null) unread += 1;
          return findInText(whole ?? '', text, { limit: LINES_A_DEVICE }).map((hit) => ({ ...version, ...hit }));
        }),
      );
      lines.push(...found.flat());
      after = group.at(-1)!.device_name;
    }
    if (page.length < PAGE) break;
  }
  return lines.length > limit ? ended(`only the first ${limit} lines are told`) : ended();
}

async function textOrNull(artifacts: ApiDeps['artifacts'], address: string): Promise<string | null> {
  try {
    return await artifacts.text(address);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
