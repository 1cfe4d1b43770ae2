/** `half_open`: the time for which the circuit was open is over, and the next job may try the device. */
export const CIRCUIT_STATES = ['closed', 'open', 'half_open'] as const;
export type CircuitState = (typeof CIRCUIT_STATES)[number];

/** The circuit of a device opens at this many failures in a row, for so long at first and at most. */
export const CIRCUIT = { failures: 5, first_seconds: 60, most_seconds: 3600 } as const;
