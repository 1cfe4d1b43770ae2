import type { ServerChannel } from 'ssh2';
import { answer, toWire, type DeviceState } from './device-state.ts';
import { findFault } from './faults.ts';
import { createPage, type Page } from './page.ts';
import type { Mode, ShellRule } from './platform.ts';

const ESCAPES = /\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\/?Z)/g;
const CTRL_C = '\x03';
const CTRL_Z = '\x1a';

/** The terminal of one session: what is typed is echoed, lines are run one after the other, type-ahead waits its turn. */
export function runShell(state: DeviceState, channel: ServerChannel, options: string, close: () => void): void {
  const { device, faults } = state;
  const { platform } = device;
  const { terminal } = platform;
  let mode: Mode = device.needsEnable ? 'user' : platform.startMode;
  let paging = platform.pager !== null;
  let inbox = '';
  let typed = '';
  let busy = false;
  let page: Page | null = null;
  let secretFor: Mode | null = null;
  let logged = 1000;
  let stamped = platform.timestamp !== undefined;
  let waitsForKey = platform.anyKey === true;

  const send = (text: string, encoding: BufferEncoding = 'utf8'): void => {
    if (text !== '' && channel.writable) channel.write(toWire(text, '\r\n', encoding));
  };
  const prompt = (): string => terminal?.prompt(device, options) ?? platform.prompt(device, mode);
  const later = (delay: number, run: () => void): void => {
    busy = true;
    setTimeout(() => {
      busy = false;
      run();
      pump();
    }, delay);
  };

  /** Sends an output, a page at a time where the pager is on, and the prompt after it. */
  const show = (before: string, text: string, paged: boolean, encoding: BufferEncoding): void => {
    const on = paged && (paging || findFault(state.faults, 'pager_always') !== undefined);
    if (on && platform.pager) {
      page = createPage(text, platform.pager);
      send(before + page.start());
      if (!page.done) return;
      page = null;
      send(prompt());
    } else send(before + text + prompt(), encoding);
    if (findFault(state.faults, 'syslog')) setTimeout(() => send(`\n${platform.logLine(device, logged++)}\n${prompt()}`), 15);
  };

  const obey = (rule: ShellRule, before: string): void => {
    const { effect } = rule;
    if (effect.kind === 'exit') {
      send(before + (rule.says ?? ''));
      channel.exit(0);
      channel.end();
      close();
      return;
    }
    if (effect.kind === 'paging') paging = effect.on;
    if (effect.kind === 'timestamp') stamped = effect.on;
    if (effect.kind === 'mode' && effect.secret) {
      secretFor = effect.to;
      send(`${before}Password: `);
      return;
    }
    if (effect.kind === 'mode') mode = effect.to;
    send(before + (rule.says ?? '') + prompt());
  };

  const run = (line: string, echo: string): void => {
    const before = `${terminal?.enter(device, line, options) ?? echo}\n`;
    const text = line.trim();
    if (text === '') return send(before + prompt());
    const rule = platform.rules.find(({ match, in: modes }) => (!modes || modes.includes(mode)) && match.test(text));
    if (rule) {
      state.counters.command(device.name, text);
      obey(rule, before);
      return;
    }
    const stamp = stamped ? `${platform.timestamp}\n` : '';
    const {
      text: output,
      after,
      paged,
      delay,
      encoding,
    } = answer(state, text, mode, (platform.prompt(device, mode).split('\n').at(-1) ?? '').length);
    const finish = (head: string): void => {
      if (after === 'prompt') return show(head, stamp + output, paged, encoding);
      send(head + output, encoding);
      if (after === 'close') close();
      else busy = true;
    };
    if (delay === 0) return finish(before);
    send(before);
    later(delay, () => finish(''));
  };

  const secret = (line: string): void => {
    const ok = line === state.enablePassword;
    state.counters.command(device.name, ok ? '(enable secret)' : '(wrong enable secret)');
    if (ok && secretFor) mode = secretFor;
    secretFor = null;
    send(`\n${ok ? '' : '% Bad secrets\n\n'}${prompt()}`);
  };

  const pump = (): void => {
    while (inbox !== '') {
      if (busy) return;
      if (waitsForKey) {
        waitsForKey = false;
        inbox = inbox.slice(1);
        send(`\n${prompt()}`);
        continue;
      }
      if (page) {
        const key = inbox[0] ?? '';
        inbox = inbox.slice(1);
        send(page.key(key));
        if (page.done) {
          page = null;
          send(prompt());
        }
        continue;
      }
      const end = inbox.search(/[\n\x03\x1a]/);
      const part = end < 0 ? inbox : inbox.slice(0, end);
      const key = end < 0 ? '' : inbox[end];
      inbox = end < 0 ? '' : inbox.slice(end + 1);
      typed = edited(typed + part);
      if (end < 0) {
        if (secretFor === null) send(part);
      } else {
        const line = typed;
        typed = '';
        if (key === CTRL_C) send(`^C\n${prompt()}`);
        else if (secretFor !== null) secret(line);
        else {
          if (key === CTRL_Z && mode === 'config') mode = 'privileged';
          run(key === CTRL_Z ? '' : line, part);
        }
      }
    }
  };

  channel.on('data', (data: Buffer) => {
    inbox += data.toString('utf8').replace(ESCAPES, '').replace(/\r\n?/g, '\n').replaceAll('\0', '');
    pump();
  });
  if (findFault(faults, 'no_prompt')) {
    busy = true;
    return;
  }
  const motd = findFault(faults, 'motd') ? bannerOf(state, prompt()) : '';
  send((terminal?.hello(options) ?? '') + motd + platform.greeting(device) + (waitsForKey ? '' : prompt()));
}

/** Applies backspaces. */
function edited(text: string): string {
  let out = text;
  while (/[\b\x7f]/.test(out)) out = out.replace(/[^\b\x7f]?[\b\x7f]/, '');
  return out;
}

/** A banner of the kind that ends sessions of impatient programs. */
function bannerOf({ device }: DeviceState, prompt: string): string {
  return `\n*************************************************
* ${device.name}: authorised users only                  *
*************************************************
${prompt}
router#
user@host>
[admin@switch] > 
Password:
 --More-- 
*** see https://intranet.example/#network ***
`;
}
