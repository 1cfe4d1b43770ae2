import type { Kind } from '../core/facts.ts';

/** One row of parsed output, before it becomes a record: the field names are those of the template or of the device's JSON. */
export type Row = Record<string, unknown>;

/** How text becomes rows. */
export type Parser =
  /** A template of `ntc-templates`, named in full (without `.textfsm`), so that no index can pick another one. */
  | { ntc: string }
  /** A template in `devices/templates/`. */
  | { own: string }
  /** A function, for structured output. Throws where the text is not what it should be. */
  | { read: (text: string) => Row[] };

/** One command and what is taken from its output. */
export interface Ask {
  command: string;
  parse: Parser;
  /** Only rows that pass, e.g. those of one routing protocol. */
  where?: (row: Row) => boolean;
  /** Brings the fields of a template into the words that records are read from. */
  shape?: (row: Row) => Row;
  /** Mends what the template cannot read. */
  prepare?: (text: string) => string;
  /** What an answer without entries looks like. Needed where a template passes over lines that it does not know. */
  empty?: RegExp;
  /** Where each record begins: fewer rows than this are a parse failure, not a shorter answer. */
  starts?: RegExp;
}

/** A second command whose rows fill in what the first leaves open. Rows belong together where `by` gives the same text. */
export interface Join extends Ask {
  by: (row: Row) => string | null;
}

/** Alternatives, newest command first: the next is asked where the device does not know the one before. */
export type Source = { ask: Ask[]; join?: Join } | { unsupported: string };

/** Removes or hides secrets in a configuration: what matches `find` is replaced (`$1` as in `String.replace`). */
export interface ScrubRule {
  find: RegExp;
  /** Has `<removed>` where the secret was. */
  replace: string;
}

/** How a configuration is asked for, proven complete, compared and freed of secrets. */
export interface ConfigSource {
  /** Alternatives as in `Source`. */
  commands: string[];
  /** Must match in the last line of a complete configuration that is not blank; null where the platform writes none. */
  end: RegExp | null;
  /** Must match in the first lines: needed where there is no end, so that another text is not taken for a configuration. */
  start?: RegExp;
  /**
   * What the language itself tells about a whole text, e.g. balanced braces; says why the text is not complete, else null. Where there
   * is an `end` too, it must tell when that is only quoted: the prompt after it is then believed at once.
   */
  complete?: (text: string) => string | null;
  scrub: ScrubRule[];
  /** Lines that change without a change of the configuration; left out of comparisons. */
  volatile: RegExp[];
  /** Values that change without a change of the configuration, e.g. encrypted with a new salt each time they are shown. */
  unstable?: ScrubRule[];
  /** A comment line of the device's that names who changed it last: groups `user` and `at`, either may be missing. */
  changed?: RegExp;
}

/**
 * The rule that hides what stands between two groups: the first is everything before the secret, the second, if there is one,
 * everything behind it.
 */
export function hide(find: RegExp): ScrubRule {
  const groups = (new RegExp(`${find.source}|`, find.flags).exec('')?.length ?? 1) - 1;
  return { find, replace: groups > 1 ? '$1<removed>$2' : '$1<removed>' };
}

export interface LoginStep {
  /** At the end of what the device sent, before there is a prompt. */
  expect: RegExp;
  send: 'username' | 'password' | { text: string };
}

/** How a device whose platform is `auto` is known to be of this one (`devices/detect.ts`). */
export interface Detection {
  /** The software part of its SSH identification string. Decides alone where there is neither `prompt` nor `version`. */
  ident?: RegExp;
  /** Shapes of the prompt at which it is thought of; `prompt.any` of the platform where not given. */
  prompt?: RegExp;
  /** Questions, safe on every device, and what is only in this platform's answer. */
  version?: { command: string; match: RegExp }[];
}

export interface Platform {
  name: string;
  label: string;
  /** Names under which other tools know it. */
  aliases?: string[];
  /** `shell`: one terminal, commands typed at its prompt. `exec`: one SSH channel for each command, on the same login. */
  mode: 'shell' | 'exec';
  ssh?: {
    /** Offer SHA-1 key exchange, CBC and ssh-rsa as well: the platform has devices that know nothing newer. */
    legacy?: boolean;
    /** Appended to the user name, e.g. RouterOS console options. */
    usernameSuffix?: string;
    term?: string;
  };
  /** The whole last line, without trailing blanks. `privileged` decides whether `enable` is needed. */
  prompt: {
    any: RegExp;
    privileged?: RegExp;
    /** Lines above the prompt that belong to it and not to the output. */
    above?: RegExp;
  };
  login?: LoginStep[];
  /** Not given: it is never found by `auto`. */
  detect?: Detection;
  enable?: { command: string; password: RegExp };
  /** Typed in one go after login: no pager, wide lines. Errors in them do not matter, for pagers are answered too. */
  setup: string[];
  /** Where the device's pager is none of the usual ones. */
  pager?: RegExp;
  logout: string;
  /** What a short answer means that is no output. */
  answers: {
    /** The command does not exist here. */
    unknown: RegExp[];
    /** It exists, but not for us. */
    denied: RegExp[];
    /** The feature is off: there is nothing. */
    nothing: RegExp[];
  };
  kinds: Record<Kind, Source>;
  config: ConfigSource;
}

export function definePlatform(platform: Platform): Platform {
  return platform;
}

/** A source of one command. */
export function ask(command: string, parse: Parser, more: Omit<Ask, 'command' | 'parse'> = {}): Source {
  return { ask: [{ command, parse, ...more }] };
}

/** Rows whose `field` is one of `values`. */
export function only(field: string, ...values: string[]): (row: Row) => boolean {
  return (row) => values.includes(String(row[field]));
}
