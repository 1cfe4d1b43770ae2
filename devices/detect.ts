import type { Credential } from '../core/device.ts';
import type { Answer, Session, SessionLimits } from './answer.ts';
import { DeviceError } from './device-error.ts';
import { openExecSession } from './exec-session.ts';
import { definePlatform } from './platform.ts';
import type { Platform } from './platform.ts';
import { openShellSession } from './shell-session.ts';
import type { SshConnection } from './transports/ssh.ts';

/** The platform of a device that is to be identified at its first login. */
export const AUTO = 'auto';

/** Commands tried on an unknown device: each is a question that every device may be asked, but a question all the same. */
const MAX_COMMANDS = 3;

/** Prompts of any platform we know, for the dialogue before it is known which. It types nothing but Enter. */
export const autoPlatform = definePlatform({
  name: AUTO,
  label: 'To be identified at the first login',
  mode: 'shell',
  ssh: { legacy: true },
  prompt: { any: /^(?:[[<(]?[\w.+/-][^\n]{0,100})?[#>$%]$/ },
  login: [
    { expect: /^\s*(?:user ?name|login) ?:$/i, send: 'username' },
    { expect: /^\s*password ?:$/i, send: 'password' },
  ],
  setup: [],
  logout: 'exit',
  answers: { unknown: [], denied: [], nothing: [] },
  // Every kind may exist until the platform is known.
  kinds: {
    static_routes: { ask: [] },
    ospf_routes: { ask: [] },
    bgp_routes: { ask: [] },
    mac_table: { ask: [] },
    arp: { ask: [] },
    interfaces: { ask: [] },
    cdp_neighbors: { ask: [] },
    lldp_neighbors: { ask: [] },
  },
  config: { commands: [], end: null, scrub: [], volatile: [] },
});

/** What a device showed of itself. */
export interface Seen {
  /** Software part of the SSH identification string. */
  ident: string;
  /** Null where no terminal was opened. */
  prompt: string | null;
  answers: { command: string; text: string }[];
}

/** Those that `ident` alone makes certain: they name no command to ask. */
export function byIdent(candidates: Platform[], ident: string): Platform | null {
  const found = candidates.filter(
    ({ detect }) => detect?.ident?.test(ident) === true && detect.prompt === undefined && (detect.version ?? []).length === 0,
  );
  return found.length === 1 ? found[0]! : null;
}

/**
 * The commands to ask at a prompt of this shape, at most three: first what the most platforms answer to, where a platform whose
 * SSH identification string fits counts for ten.
 */
export function questions(candidates: Platform[], ident: string, prompt: string): string[] {
  const votes = new Map<string, number>();
  for (const platform of atPrompt(candidates, prompt)) {
    for (const { command } of platform.detect?.version ?? []) {
      votes.set(command, (votes.get(command) ?? 0) + (platform.detect?.ident?.test(ident) === true ? 10 : 1));
    }
  }
  return [...votes]
    .sort(([, a], [, b]) => b - a)
    .slice(0, MAX_COMMANDS)
    .map(([command]) => command);
}

/** The one platform whose answer this is; null where it is none's or more than one's. */
export function byAnswer(candidates: Platform[], prompt: string, answer: { command: string; text: string }): Platform | null {
  const found = atPrompt(candidates, prompt).filter(({ detect }) =>
    detect?.version?.some(({ command, match }) => command === answer.command && match.test(answer.text)),
  );
  return found.length === 1 ? found[0]! : null;
}

function atPrompt(candidates: Platform[], prompt: string): Platform[] {
  return candidates.filter(({ detect, prompt: { any } }) => detect !== undefined && (detect.prompt ?? any).test(prompt));
}

/**
 * Identifies the device and takes the same login to the state where commands can be run.
 * @throws DeviceError `unsupported` with what was seen, where nothing fits; nothing is guessed
 */
export async function openDetected(
  connection: SshConnection,
  candidates: Platform[],
  credential: Credential,
  limits: SessionLimits,
): Promise<{ platform: Platform; session: Session }> {
  const { ident } = connection;
  const known = byIdent(candidates, ident);
  if (known?.mode === 'exec') return { platform: known, session: openExecSession(connection, limits) };
  if (known !== null) return { platform: known, session: await openShellSession(connection, known, credential, limits) };
  const shell = await openShellSession(connection, autoPlatform, credential, limits);
  const seen: Seen = { ident, prompt: shell.prompt, answers: [] };
  for (const command of questions(candidates, ident, shell.prompt)) {
    const answer: Answer = await shell.run(command);
    seen.answers.push(answer);
    const platform = byAnswer(candidates, shell.prompt, answer);
    if (platform === null) continue;
    if (platform.mode === 'shell') {
      await shell.become(platform, credential);
      return { platform, session: shell };
    }
    shell.close();
    return { platform, session: openExecSession(connection, limits) };
  }
  throw new DeviceError('unsupported', unrecognised(seen));
}

function unrecognised({ ident, prompt, answers }: Seen): string {
  const said = answers.map(({ command, text }) => `"${command}" answered ${JSON.stringify(firstLine(text))}`);
  const facts = [`SSH identification ${JSON.stringify(ident)}`, `prompt ${JSON.stringify(prompt)}`, ...said];
  return `the platform was not recognised: ${facts.join(', ')}; set the platform of the device`;
}

function firstLine(text: string): string {
  return (text.split('\n').find((line) => /[^\s^]/.test(line)) ?? '').trim().slice(0, 120);
}
