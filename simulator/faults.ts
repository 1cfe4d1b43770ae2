/** What a device can be made to do wrong, at the start or at run time. */
export const FAULTS = {
  refuse: 'nothing listens on its port',
  no_banner: 'TCP connects, then silence: no SSH identification',
  flaky: 'the first connection (`times`) is closed at once, later ones work',
  auth: 'every credential is refused',
  host_key_change: 'it shows another host key than the other devices',
  legacy_ssh: 'SSH speaks only diffie-hellman-group14-sha1, ssh-rsa and aes128-cbc',
  drop_after_login: 'the connection closes when a shell or a command is asked for',
  no_prompt: 'login works, the shell never says anything',
  motd: 'a banner with lines that look like prompts comes before the prompt',
  pager_always: 'the pager stays on, whatever it is told',
  slow: 'each command waits (`ms`, default 2,000)',
  stall: 'half of an output, then silence',
  drop: 'half of an output, then the connection closes',
  garbage: 'noise instead of an output, then the prompt',
  huge: 'an output repeated to (`lines`, default 60,000) lines',
  syslog: 'lines of the log in the middle of outputs and after the prompt',
} as const satisfies Record<string, string>;

export type FaultName = keyof typeof FAULTS;

export interface FaultSpec {
  kind: FaultName;
  /** For faults of outputs: only commands whose canonical name begins with this. Without it, every command that shows data. */
  command?: string;
  /** flaky: how many connections are closed. */
  times?: number;
  /** slow: milliseconds. */
  ms?: number;
  /** huge: lines. */
  lines?: number;
}

export type Fault = FaultName | FaultSpec;

const DEFAULTS = { times: 1, ms: 2000, lines: 60_000 };

/** Brings every notation to one; throws on an unknown name. */
export function faultSpecs(faults: Fault | Fault[] | null | undefined): FaultSpec[] {
  const list = faults === null || faults === undefined ? [] : Array.isArray(faults) ? faults : [faults];
  return list.map((fault) => {
    const spec: FaultSpec = typeof fault === 'string' ? { kind: fault } : fault;
    if (!Object.hasOwn(FAULTS, spec.kind)) {
      throw new Error(`unknown fault ${spec.kind as string}; there are ${Object.keys(FAULTS).join(', ')}`);
    }
    return { ...DEFAULTS, ...spec };
  });
}

/** The fault of that kind, if it is set and meant for the command. */
export function findFault(specs: FaultSpec[], kind: FaultName, command?: string): FaultSpec | undefined {
  return specs.find(
    (spec) => spec.kind === kind && (command === undefined || spec.command === undefined || command.startsWith(spec.command)),
  );
}

/** What becomes of an output: the bytes that are sent, and what follows them. */
export interface Spoiled {
  text: string;
  after: 'prompt' | 'silence' | 'close';
}

/** Applies the faults of outputs. `logLine` gives the n-th line of the log, `noise` bytes that are the same each time. */
export function spoil(
  text: string,
  command: string,
  specs: FaultSpec[],
  logLine: (count: number) => string,
  noise: (count: number) => string,
): Spoiled {
  let out = text;
  if (findFault(specs, 'garbage', command)) out = noise(Math.max(200, Math.min(text.length, 4000)));
  const huge = findFault(specs, 'huge', command);
  if (huge) out = repeated(text, huge.lines ?? DEFAULTS.lines);
  if (findFault(specs, 'syslog', command)) out = withLog(out, logLine);
  const half = out.slice(0, Math.floor(out.length / 2));
  if (findFault(specs, 'stall', command)) return { text: half, after: 'silence' };
  if (findFault(specs, 'drop', command)) return { text: half, after: 'close' };
  return { text: out, after: 'prompt' };
}

function repeated(text: string, lines: number): string {
  const once = (text.trim() === '' ? 'nothing to show\n' : text).split('\n');
  if (once.at(-1) === '') once.pop();
  const out: string[] = [];
  while (out.length < lines) out.push(...once.slice(0, lines - out.length));
  return `${out.join('\n')}\n`;
}

/** A log line after the first line, after each tenth, and as the last. */
function withLog(text: string, logLine: (count: number) => string): string {
  const out: string[] = [];
  let count = 0;
  text.split('\n').forEach((line, index) => {
    out.push(line);
    if (index % 10 === 0) out.push(logLine(count++));
  });
  return `${out.join('\n')}${text.endsWith('\n') ? '' : '\n'}${logLine(count)}\n`;
}
