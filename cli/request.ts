import type { CallInput } from '../api/client.ts';
import type { AnswerOf, Endpoint } from '../contracts/endpoint.ts';
import type { Command, Option } from './command.ts';
import { EXIT } from './command.ts';
import type { CliContext, Screen } from './context.ts';
import type { Given } from './given.ts';
import { table, type Column } from './text/table.ts';
import { safeJson, safeText } from './text/safe.ts';

type Head = Omit<Command, 'run'>;

interface RequestRow<E extends Endpoint> extends Head {
  endpoint: E;
  input: (given: Given, context: CliContext) => CallInput<E> | Promise<CallInput<E>>;
  /** For people: whole lines. */
  show: (answer: AnswerOf<E>, screen: Screen, given: Given) => string;
  /** 0 unless told. */
  exit?: (answer: AnswerOf<E>) => number;
}

/** A command that is one call of the API. An answer without a body is the JSON `null`. */
export function request<E extends Endpoint>({ endpoint, input, show, exit, ...head }: RequestRow<E>): Command {
  return {
    ...head,
    async run(context, given) {
      const { body } = await context.client().call(endpoint, { ...(await input(given, context)), signal: context.signal });
      context.out.write(context.json ? `${safeJson(body ?? null)}\n` : show(body, context.out, given));
      return exit?.(body) ?? EXIT.ok;
    },
  };
}

interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

interface ListRow<T> extends Head {
  page: (context: CliContext, given: Given, at: { limit: number; cursor?: string }) => Promise<{ body: Page<T> }>;
  columns: readonly Column<T>[];
  empty: string;
}

const MOST = 1000;
export const LIST_OPTIONS = [
  { name: 'limit', value: 'count', about: 'at most so many (default 100)' },
  { name: 'cursor', value: 'cursor', about: 'go on after an earlier list' },
] as const satisfies Option[];

/** A command that prints a list; pages are put together up to the limit. */
export function list<T>({ page, columns, empty, ...head }: ListRow<T>): Command {
  return {
    ...head,
    options: [...(head.options ?? []), ...LIST_OPTIONS],
    async run(context, given) {
      const limit = given.number('limit') ?? 100;
      const items: T[] = [];
      let cursor = given.text('cursor') ?? null;
      do {
        const at = { limit: Math.min(limit - items.length, MOST), ...(cursor === null ? {} : { cursor }) };
        const { body } = await page(context, given, at);
        items.push(...body.items);
        cursor = body.next_cursor;
      } while (cursor !== null && items.length < limit);
      if (context.json) {
        context.out.write(`${safeJson({ items, next_cursor: cursor })}\n`);
        return EXIT.ok;
      }
      context.out.write(table(context.out, items, columns, empty));
      if (cursor !== null) context.err.write(`There are more: --limit ${limit * 10}, or --cursor ${cursor}\n`);
      return EXIT.ok;
    },
  };
}

interface TextRow extends Head {
  /** Calls with these headers; the text that came. */
  fetch: (context: CliContext, given: Given, headers: Record<string, string>) => Promise<string>;
  paint?: (screen: Screen, text: string) => string;
}

/** A command that prints a text: as it is into a file or a pipe, made safe on a terminal. `--json` asks the API for JSON. */
export function text({ fetch, paint, ...head }: TextRow): Command {
  return {
    ...head,
    async run(context, given) {
      const { out, json } = context;
      const body = await fetch(context, given, json ? { Accept: 'application/json' } : {});
      if (json) out.write(`${safeJson(JSON.parse(body))}\n`);
      else out.write(out.terminal ? (paint?.(out, safeText(body)) ?? safeText(body)) : body);
      return EXIT.ok;
    },
  };
}
