import { someLine } from './lines.ts';

/**
 * A line of a device's log as it bursts into a terminal. Stricter than what ends a command (`terminal.ts`), for a configuration may
 * quote messages (`event syslog pattern "%LINEPROTO-5-UPDOWN"`): it must begin like one, with its time or with its code.
 */
const BURSTS = [
  // Cisco IOS, IOS XE, ASA, EOS: `000123: *Mar  1 00:12:09.123 UTC: %LINK-3-UPDOWN: …`, or without sequence number and time.
  /^(?:\d{1,10}: )?(?:[*.]?[A-Z][a-z]{2} {1,2}\d{1,2} (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d+)?(?: [A-Z]{2,5})?(?: \S+)? ?(?:\S+ )?: )?%[A-Z][A-Z0-9_]*-(?:[A-Z0-9_]+-)?[0-7]-[A-Z0-9_]+\s?:/,
  // NX-OS: `2024 Mar  4 10:12:10 n9k %ETHPORT-5-IF_UP: …`
  /^\d{4} [A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d(?:\.\d+)? \S+ (?:%\$ VDC-\d+ %\$ )?%[\w-]+: /,
  // NX-OS and EOS with the host name: `2024 Mar  4 10:12:10.123 n9k %VSHD-5-…`, `Mar  4 10:12:10 leaf1 Ebra: %LINEPROTO-5-UPDOWN: …`
  /^[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d \S+ \S+: %[A-Z0-9_]+-[0-7]-[A-Z0-9_]+: /,
  // IOS XR: `RP/0/RSP0/CPU0:Mar  4 10:12:10.123 UTC: ifmgr[123]: %PKT_INFRA-LINK-3-UPDOWN : …`
  /^(?:RP|LC)\/\d+\/\w+\/CPU\d+:\d* ?[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d\S* (?:\S+ ?: )?[\w-]+\[\d+\]: %/,
  // Huawei: `Mar  4 2024 10:12:10 sw1 %%01IFNET/4/IF_STATE(l)[0]: …`
  /^[A-Z][a-z]{2} {1,2}\d{1,2} \d{4} \d\d:\d\d:\d\d(?:[+-]\d\d:\d\d)? \S+ %%\d\d[A-Z0-9_]+\/\d\/[A-Z0-9_]+/,
  // RouterOS, ArubaOS-Switch, AOS-CX, FRR, Junos, as in `terminal.ts`.
  /^(?:\S{3,11} )?\d\d:\d\d:\d\d echo: \S+,\S+ /,
  /^[A-Z] \d\d\/\d\d\/\d\d \d\d:\d\d:\d\d \d{5} \S+:/,
  /^\d{4}-\d\d-\d\dT\S+ \S+ \S+\[\d+\]: /,
  /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(?:\.\d+)? \w+: \[\w{5}-\w{5}\] /,
];
const BROADCAST = 'Message from syslogd@';
/** What a burst may begin with, but for that of RouterOS, which has ` echo: ` in it. */
const FIRST = /^[0-9A-Z*.%]/;

/** Quick, and true a little too often. */
function mayHaveBursts(text: string): boolean {
  if (text.includes(BROADCAST) || text.includes(' echo: ')) return true;
  return someLine(text, (start, end) => {
    const code = text.charCodeAt(start);
    // Most lines begin with a blank, a small letter or a mark.
    return end > start && code >= 0x25 && code <= 0x5a && isBurst(text.slice(start, end));
  });
}

function isBurst(line: string): boolean {
  return FIRST.test(line) && BURSTS.some((pattern) => pattern.test(line));
}

/** Takes out what the device's log wrote into the terminal; `lines` says how many lines that were. */
export function withoutBursts(text: string): { text: string; lines: number } {
  if (!mayHaveBursts(text)) return { text, lines: 0 };
  const kept: string[] = [];
  let lines = 0;
  let broadcast = false;
  for (const line of text.split('\n')) {
    const said = broadcast && line.trim() !== '';
    // syslogd begins with an empty line.
    if (line.startsWith(BROADCAST) && kept.at(-1)?.trim() === '') kept.pop();
    if (said || line.startsWith(BROADCAST) || BURSTS.some((pattern) => pattern.test(line))) lines += 1;
    else kept.push(line);
    broadcast = line.startsWith(BROADCAST) || (broadcast && line.trim() === '');
  }
  return { text: lines === 0 ? text : kept.join('\n'), lines };
}
