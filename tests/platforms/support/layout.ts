import type { Answer } from '../../../devices/answer.ts';
import type { Kind } from '../../../core/facts.ts';
import { outputParser } from '../../../devices/parse.ts';
import type { Parsed } from '../../../devices/parse.ts';
import type { Platform } from '../../../devices/platform.ts';
import { findPlatform } from '../../../devices/platforms/index.ts';
import type { TemplateLibrary } from '../../../devices/template-library.ts';

export function platformOf(name: string): Platform {
  const platform = findPlatform(name);
  if (platform === null) throw new Error(`no platform ${name}`);
  return platform;
}

/** Reads texts as answers of a device of this platform to one of the commands of a kind. */
export function readerOf(name: string, library: () => TemplateLibrary) {
  return <K extends Kind>(kind: K, command: string, text: string, joined?: string): Parsed<K> => {
    const source = platformOf(name).kinds[kind];
    if ('unsupported' in source) throw new Error(`${name} has no ${kind}`);
    const ask = source.ask.find((one) => one.command === command);
    if (ask === undefined) throw new Error(`${name} does not ask "${command}"`);
    const join = source.join === undefined || joined === undefined ? null : { join: source.join, text: joined };
    return outputParser(library()).parse(kind, { ask, text }, join);
  };
}

export function answerOf(command: string, text: string): Answer {
  return { command, text, bytes: text.length, truncated: false, exitCode: null, stderr: '' };
}

/** What a route has where the device does not tell. */
export const ROUTE = { interface: null, distance: null, metric: null, vrf: null, selected: true };
