import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compileTemplate, ParseError, parseTable } from '../../../devices/textfsm/textfsm.ts';
import type { Reference, Result } from './python.ts';
import { createRandom } from './random.ts';
import { sampleTexts } from './texts.ts';

export interface Comparison {
  templates: number;
  texts: number;
  /** Texts that Python did not get through in its time; nothing to compare with. */
  timeouts: number;
  rows: number;
  rejected: number;
  /** What differs, described. */
  differences: string[];
}

/** All templates and, after them, the rows of the index that name several, joined by `:`. */
export function templateNames(dir: string): string[] {
  const several = readFileSync(join(dir, 'index'), 'utf8')
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.split(',')[0]?.trim() ?? '')
    .filter((name) => name.includes(':'));
  return [...readdirSync(dir).filter((file) => file.endsWith('.textfsm')), ...several];
}

/** Runs both engines over texts sampled from each template. Deterministic by `seed`. */
export async function compareEngines(
  dir: string,
  names: string[],
  options: { perTemplate: number; seed: number; reference: Reference },
): Promise<Comparison> {
  const total: Comparison = { templates: 0, texts: 0, timeouts: 0, rows: 0, rejected: 0, differences: [] };
  for (const [at, name] of names.entries()) {
    const texts = textsFor(dir, name, options.perTemplate, options.seed * 1_000_003 + at);
    // Python works on this template while we do.
    const asked = options.reference.ask({ dir, names: name, texts });
    const ours = parseAll(dir, name, texts);
    const answer = await asked;
    if (!('results' in answer)) throw new Error(`${name}: ${answer.template_error}`);
    total.templates += 1;
    for (const [index, text] of texts.entries()) {
      const [expected, got] = [answer.results[index], ours[index]];
      total.texts += 1;
      if (expected === undefined || got === undefined) throw new Error(`${name}: no answer for text ${index}`);
      if ('timeout' in expected) total.timeouts += 1;
      else if (JSON.stringify(comparable(expected)) !== JSON.stringify(got)) {
        total.differences.push(
          `${name}\n${JSON.stringify(text)}\nPython ${JSON.stringify(expected)}\nours   ${JSON.stringify(got)}`,
        );
      } else if ('rows' in expected) total.rows += expected.rows.length;
      else total.rejected += 1;
    }
  }
  return total;
}

function textsFor(dir: string, name: string, count: number, seed: number): string[] {
  const random = createRandom(seed);
  const each = name.split(':').map((file) => sampleTexts(readFileSync(join(dir, file), 'utf8'), count, random));
  if (each.length === 1) return each[0] ?? [];
  // Texts with lines for each of the tables to be merged.
  const joined = Array.from({ length: count }, (_, at) => each.map((texts) => texts[at] ?? '').join('\n'));
  return [...each.flat(), ...joined];
}

type Ours = { rows: unknown; table: unknown } | { error: string };

function parseAll(dir: string, name: string, texts: string[]): Ours[] {
  const templates = name.split(':').map((file) => compileTemplate(readFileSync(join(dir, file), 'utf8')));
  return texts.map((text) => {
    try {
      return { rows: templates[0]?.parse(text), table: parseTable(templates, text) };
    } catch (error) {
      if (error instanceof ParseError) return { error: error.message };
      throw error;
    }
  });
}

function comparable(result: Exclude<Result, { timeout: true }>): object {
  return 'rows' in result ? { rows: result.rows, table: result.table } : { error: result.error };
}
