import type { Outcome } from '../core/outcome.ts';

/** What a device did instead of answering. Thrown below `collectFacts`, which turns it into outcomes. */
export class DeviceError extends Error {
  readonly outcome: Outcome;
  /** Another attempt may help: only transport errors before login. */
  readonly retryable: boolean;

  constructor(outcome: Outcome, message: string, retryable = false) {
    super(message);
    this.name = 'DeviceError';
    this.outcome = outcome;
    this.retryable = retryable;
  }
}

export function asDeviceError(error: unknown): DeviceError {
  return error instanceof DeviceError ? error : new DeviceError('error', error instanceof Error ? error.message : String(error));
}
