import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds; from a database call to a slow device. */
const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** The metrics of one process. Names get the prefix `cairn_`; label values must come from small, known sets. */
export interface Metrics {
  registry: Registry;
  /** `read` runs before each scrape. */
  counter<L extends string>(name: string, help: string, labels?: readonly L[], read?: () => Promise<void>): Counter<L>;
  /** `read`: sets the value at each scrape; NaN where it is not known. */
  gauge<L extends string>(
    name: string,
    help: string,
    labels?: readonly L[],
    read?: (gauge: Gauge<L>) => void | Promise<void>,
  ): Gauge<L>;
  /** In seconds; the name should end in `_seconds`. */
  histogram<L extends string>(name: string, help: string, labels?: readonly L[], buckets?: number[]): Histogram<L>;
  /** The exposition text and its content type. */
  expose(): Promise<{ contentType: string; text: string }>;
}

export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    counter: (name, help, labelNames = [], read) =>
      new Counter({ name: `cairn_${name}`, help, labelNames, registers, ...(read === undefined ? {} : { collect: read }) }),
    gauge: (name, help, labelNames = [], read) =>
      new Gauge({
        name: `cairn_${name}`,
        help,
        labelNames,
        registers,
        ...(read === undefined
          ? {}
          : {
              async collect() {
                await read(this);
              },
            }),
      }),
    histogram: (name, help, labelNames = [], buckets = DURATION_BUCKETS) =>
      new Histogram({ name: `cairn_${name}`, help, labelNames, buckets, registers }),
    expose: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}
