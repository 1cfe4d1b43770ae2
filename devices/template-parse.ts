import type { FoundTemplates, TemplateLibrary } from './template-library.ts';
import { parseTable, type Row } from './textfsm/textfsm.ts';

export type ParseRequest = { platform: string; command: string } | { templateName: string };

export interface Parsed {
  /** e.g. `cisco_ios_show_ip_route.textfsm`. */
  template: string;
  /** e.g. `ntc-templates 9.3.0`. */
  templateVersion: string;
  rows: Row[];
}

/** Rows of a command's output as CliTable gives them. Throws `ParseError`. */
export function parseOutput(found: FoundTemplates, text: string): Row[] {
  return parseTable(found.templates, text);
}

/** Characters; below it parsing takes the main thread a few milliseconds. */
const THREAD_FROM = 256 * 1024;

/**
 * Parses a command's output with the templates that fit it; null where the library has none. Long texts are parsed in a thread.
 * Throws `ParseError` where the text does not fit the template, `TemplateError` where an own template is wrong.
 */
export async function parseText(library: TemplateLibrary, request: ParseRequest, text: string): Promise<Parsed | null> {
  const found =
    'templateName' in request ? library.byName(request.templateName) : library.find(request.platform, request.command);
  if (found === null) return null;
  const began = performance.now();
  const rows = text.length < THREAD_FROM ? parseOutput(found, text) : await library.threads.parseInThread(found.sources, text);
  library.onParsed?.((performance.now() - began) / 1000);
  return { template: found.name, templateVersion: found.version, rows };
}
