import type { Records } from '../core/facts.ts';
import type { Facts, NamedRole, SimDevice } from './model.ts';

/** Where a shell is. `user` and `config` exist only where the platform has them. */
export type Mode = 'user' | 'privileged' | 'config';

/** What a renderer may look at. */
export interface RenderContext {
  device: SimDevice;
  facts: Facts;
  seed: number;
  /** What was typed for `<port>` in a command's name. */
  argument: string | null;
}

/** Gives the text of a command, lines ended by `\n`, without prompt. */
export type Render = (context: RenderContext) => string;

export interface Command {
  /** The canonical form, as counted in `counters`; the word `<port>` stands for any port. */
  name: string;
  render: Render;
  /** Modes it is refused in; none unless said. */
  refusedIn?: Mode[];
  /** False: never paged, e.g. RouterOS `without-paging`. */
  paged?: boolean;
}

/** A line that changes the shell instead of showing data. */
export interface ShellRule {
  match: RegExp;
  /** Modes it is valid in; all unless said. */
  in?: Mode[];
  effect:
    | { kind: 'paging'; on: boolean }
    | { kind: 'mode'; to: Mode; secret?: boolean }
    | { kind: 'exit' }
    | { kind: 'timestamp'; on: boolean }
    | { kind: 'accept' };
  /** Printed afterwards. */
  says?: string;
}

/** How a line typed becomes a command: words may be shortened (`prefix`), or must be whole (`exact`). */
export type Matching = 'prefix' | 'exact';

export interface Pager {
  text: string;
  /** What wipes `text` once a key is pressed. */
  erase: string;
  /** Lines of a page, the pager's own line not counted. */
  lines: number;
}

/** A console that draws its line itself. `options` are those of the login name, e.g. `cte` in `admin+cte`. */
export interface Terminal {
  /** Sent when the shell opens, before the greeting. */
  hello: (options: string) => string;
  prompt: (device: SimDevice, options: string) => string;
  /** What Enter draws over the line as it was echoed. */
  enter: (device: SimDevice, line: string, options: string) => string;
}

/** Rows as ntc-templates would give them for the platform's own output, for the HTTP device API. */
export type TemplateRow = Record<string, string | string[]>;

export interface SimPlatform {
  name: string;
  /** The software part of the SSH identification string. */
  ident: string;
  /** First three bytes of its MAC addresses. */
  oui: string;
  models: { spine: string; leaf: string };
  speaksCdp: boolean;
  /** The device id it sends in CDP where that is not its name, e.g. `name(serial)`. */
  cdpId?: (device: SimDevice) => string;
  /** Sends its name in CDP beside the device id (NX-OS, XR). */
  cdpSystemName?: boolean;
  /** False: neither sends nor hears LLDP. */
  speaksLldp?: boolean;
  announcesDomain: boolean;
  /** What its own LLDP says as system description, and CDP as platform. */
  describe: (device: SimDevice) => { description: string; platform: string };
  /** Full name of a port; `svi` gets the VLAN id. */
  portName: (role: NamedRole, number: number, device: { role: SimDevice['role'] }) => string;
  /** The name that layer 3 goes by; the port's own where not given. */
  unitName?: (role: NamedRole, number: number, name: string) => string;
  /** What LLDP announces as port id; the full name where not given. */
  announcedPort?: (name: string) => string;
  /** The bridge that joins the access ports, where it is a port of its own. */
  bridgeName?: string;
  hasEnable: boolean;
  prompt: (device: SimDevice, mode: Mode) => string;
  startMode: Mode;
  matching: Matching;
  /** Cut off before a command is looked up and applied to its output, e.g. `| include x`. */
  pipes: 'cisco' | 'junos' | 'grep' | 'none';
  pager: Pager | null;
  /** Commands in every canonical form. */
  commands: Command[];
  rules: ShellRule[];
  errors: {
    /** For what it does not know; `at` is where the first word that fits nothing begins, `indent` the length of the prompt before. */
    unknown: (line: string, at: number, indent: number) => string;
    /** For the beginning of a known command; as unknown where not given. */
    incomplete?: string;
    ambiguous?: (line: string) => string;
    /** Exit status of an unknown command run without a shell; 0 where not given. */
    status?: number;
  };
  /** Printed when a shell opens, before the first prompt. */
  greeting: (device: SimDevice) => string;
  /** The time that is printed before each output until switched off (XR). */
  timestamp?: string;
  /** A key is waited for before the first prompt. */
  anyKey?: boolean;
  /** What the terminal gets instead of plain echo and prompt: RouterOS. */
  terminal?: Terminal;
  /** Line end of a command run without a shell; CR LF where not given. */
  execNewline?: '\n';
  /** A line of the system log as it bursts into a session. */
  logLine: (device: SimDevice, count: number) => string;
  /** The records that a perfect reading of the platform's outputs gives; unknown is null where they do not show a field. */
  truth: Truth;
  /** Rows of the HTTP device API by endpoint kind; where not given the API answers the raw text, as the classic one does. */
  rows?: { [K in keyof Records]?: (context: RenderContext) => TemplateRow[] };
  /** The command of each kind that the HTTP device API runs; null where the platform has none. */
  endpoints: { [K in keyof Records]: string | null };
  /** The command that shows the configuration. */
  configCommand: string;
}

/** Expected records by kind. */
export type Truth = { [K in keyof Records]: (context: RenderContext) => Records[K][] };
