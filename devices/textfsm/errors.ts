/** A template that Python's textfsm rejects too, or that needs one of the few `re` features this engine does not have. */
export class TemplateError extends Error {
  /** Line of the template, from 1; null where the fault is not in one line (a missing `Start`). */
  readonly line: number | null;

  /** `complete`: the message names the line already. */
  constructor(message: string, line: number | null = null, complete = false) {
    super(line === null || complete ? message : `${message} Line: ${line}.`);
    this.name = 'TemplateError';
    this.line = line;
  }
}

export type ParseFailure = 'error_action' | 'too_costly' | 'not_recognised';

/** A text that a template gives no rows for: an `Error` action was reached, or matching a line would have cost too much. */
export class ParseError extends Error {
  readonly reason: ParseFailure;
  /** Line of the rule in its template. */
  readonly ruleLine: number;
  /** Number of the line in the text, from 1. */
  readonly inputLine: number;
  readonly inputText: string;

  constructor(reason: ParseFailure, message: string, where: { ruleLine: number; inputLine: number; inputText: string }) {
    super(message);
    this.name = 'ParseError';
    this.reason = reason;
    this.ruleLine = where.ruleLine;
    this.inputLine = where.inputLine;
    this.inputText = where.inputText;
  }
}
