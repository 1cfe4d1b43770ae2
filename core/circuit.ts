/** `half_open`: the time for which the circuit was open is over, and the next job may try the device. */
export const CIRCUIT_STATES = ['closed', 'open', 'half_open'] as const;
export type CircuitState = (typeof CIRCUIT_STATES)[number];
