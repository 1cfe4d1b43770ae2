import type { Collected, KindResult } from '../core/collection.ts';
import type { Kind } from '../core/facts.ts';
import type { Answer, Session } from './answer.ts';
import type { CollectOptions } from './collect.ts';
import { asDeviceError } from './device-error.ts';
import { judge } from './judge.ts';
import type { Judgement } from './judge.ts';
import { outputParser } from './parse.ts';
import type { Ask, Join, Source } from './platform.ts';
import { withSession } from './with-session.ts';

/** What the session gave for one kind, to be parsed once the session is closed. */
export interface Gathered {
  kind: Kind;
  commands: string[];
  verdict: Judgement;
  from: { ask: Ask; answer: Answer } | null;
  join: { join: Join; answer: Answer } | null;
  ms: number;
}

/** Runs every command in one SSH session, closes it, and parses what came. */
export async function collectBySession(given: CollectOptions): Promise<Collected> {
  let options = given;
  const collected: Collected = { kinds: {}, outputs: [], logged_in: false, host_key: null, failure: null, stopped: false };
  const gathered: Gathered[] = [];
  const answers = new Map<string, { ask: Ask; answer: Answer }>();
  const wanted = options.kinds.filter((kind) => !('unsupported' in options.platform.kinds[kind]));
  let closed: Promise<void> = Promise.resolve();
  if (wanted.length > 0) {
    const talk = await withSession(options, async (session, platform) => {
      options = { ...options, platform };
      await gather(session, options, gathered, answers, collected);
    });
    const { logged_in, host_key, failure } = talk;
    Object.assign(collected, { logged_in, host_key, failure });
    if (talk.detected_platform !== undefined) collected.detected_platform = talk.detected_platform;
    closed = talk.closed;
  }
  await conclude(options, collected, gathered, answers);
  await closed;
  return collected;
}

/** Asks for one kind after the other; a lost session throws, with what was gathered kept. */
async function gather(
  session: Session,
  options: CollectOptions,
  gathered: Gathered[],
  answers: Map<string, { ask: Ask; answer: Answer }>,
  collected: Collected,
): Promise<void> {
  const { platform } = options;
  for (const kind of options.kinds.filter((kind) => !('unsupported' in platform.kinds[kind]))) {
    if (options.shouldStop()) {
      collected.stopped = true;
      return;
    }
    const begun = performance.now();
    const one: Gathered = { kind, commands: [], verdict: { is: 'output' }, from: null, join: null, ms: 0 };
    try {
      await gatherKind(session, options, platform.kinds[kind], answers, one);
    } catch (cause) {
      const { outcome, message } = asDeviceError(cause);
      one.verdict = { is: outcome, message };
      throw cause;
    } finally {
      one.ms = performance.now() - begun;
      gathered.push(one);
    }
  }
  try {
    await session.settle?.();
  } catch (cause) {
    const { outcome, message } = asDeviceError(cause);
    const last = gathered.at(-1);
    if (last !== undefined) last.verdict = { is: outcome, message };
    throw cause;
  }
}

/** Asks for one kind; what is already in `answers` is not asked again. */
export async function gatherKind(
  session: Session,
  options: Pick<CollectOptions, 'platform' | 'onTask'>,
  source: Source,
  answers: Map<string, { ask: Ask; answer: Answer }>,
  one: Gathered,
): Promise<void> {
  if ('unsupported' in source) return;
  const run = async (ask: Ask): Promise<Answer> => {
    const known = answers.get(ask.command);
    if (!one.commands.includes(ask.command)) one.commands.push(ask.command);
    if (known !== undefined) return known.answer;
    options.onTask(ask.command);
    const answer = await session.run(ask.command);
    answers.set(ask.command, { ask, answer });
    return answer;
  };
  for (const ask of source.ask) {
    const answer = await run(ask);
    one.verdict = judge(options.platform, answer);
    if (one.verdict.is === 'unknown') continue;
    one.from = { ask, answer };
    break;
  }
  if (one.verdict.is !== 'output' || source.join === undefined) return;
  const answer = await run(source.join);
  if (judge(options.platform, answer).is === 'output') one.join = { join: source.join, answer };
}

/** Parses what was gathered and gives every other kind the reason why it has nothing. */
async function conclude(
  options: CollectOptions,
  collected: Collected,
  gathered: Gathered[],
  answers: Map<string, { ask: Ask; answer: Answer }>,
): Promise<void> {
  const parser = outputParser(options.library);
  for (const { ask, answer } of answers.values()) {
    const parsed = judge(options.platform, answer).is === 'output';
    const name = parsed ? parser.templateOf(ask) : { template: null, template_version: null };
    if (parsed) await parser.begin(ask, answer.text);
    collected.outputs.push({ command: ask.command, text: answer.text, ...name });
  }
  const kinds = collected.kinds as Partial<Record<Kind, KindResult>>;
  for (const one of gathered) kinds[one.kind] = resultOf(one, parser);
  const { failure } = collected;
  for (const kind of options.kinds) {
    if (kinds[kind] !== undefined) continue;
    const source = options.platform.kinds[kind];
    if ('unsupported' in source) {
      if (failure === null || collected.logged_in) kinds[kind] = without('unsupported', source.unsupported);
    } else if (failure !== null && collected.logged_in) {
      const why = failure.outcome === 'unsupported' ? '' : 'not asked for, because the session was lost: ';
      kinds[kind] = without(failure.outcome, `${why}${failure.error}`);
    }
  }
}

function resultOf(one: Gathered, parser: ReturnType<typeof outputParser>): KindResult {
  const { verdict, commands } = one;
  if (verdict.is !== 'output' || one.from === null) {
    const outcome = verdict.is === 'unknown' ? 'unsupported' : verdict.is === 'output' ? 'error' : verdict.is;
    return { ...without(outcome, 'message' in verdict ? verdict.message : null), duration_ms: Math.round(one.ms), commands };
  }
  const begun = performance.now();
  const join = one.join === null ? null : { join: one.join.join, text: one.join.answer.text };
  const parsed = parser.parse(one.kind, { ask: one.from.ask, text: one.from.answer.text }, join);
  const duration_ms = Math.round(one.ms + performance.now() - begun);
  return { ...parsed, rows: parsed.records.length, duration_ms, commands };
}

function without(outcome: KindResult['outcome'], error: string | null): KindResult {
  return { outcome, rows: 0, duration_ms: 0, error, records: [], commands: [] };
}
