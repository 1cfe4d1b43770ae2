/** What a Prometheus endpoint tells: types of its metrics, and samples with their labels. */
export interface Exposition {
  /** Every name that a query may use, with the parts of histograms and summaries. */
  names: Set<string>;
  samples: { name: string; labels: Record<string, string>; value: number }[];
  /** The sum over the samples that have these labels. */
  sum: (name: string, labels?: Record<string, string>) => number;
}

const PARTS = { histogram: ['_bucket', '_sum', '_count'], summary: ['', '_sum', '_count'] } as Record<string, string[]>;
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: \d+)?$/;

/** The text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats). Fails on any line that is none of it. */
export function parseExposition(text: string): Exposition {
  const names = new Set<string>();
  const samples: Exposition['samples'] = [];
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ')) continue;
    const type = /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(line);
    if (type !== null) {
      for (const part of PARTS[type[2]!] ?? ['']) names.add(`${type[1]}${part}`);
      continue;
    }
    const found = SAMPLE.exec(line);
    if (found === null) throw new Error(`no line of the text format: ${line}`);
    const value = found[3] === 'NaN' ? Number.NaN : Number(found[3]!.replace('Inf', 'Infinity'));
    const labels = Object.fromEntries(
      [...(found[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, of]) => [key, of]),
    );
    samples.push({ name: found[1]!, labels, value });
    names.add(found[1]!);
  }
  return {
    names,
    samples,
    sum: (name, labels = {}) =>
      samples
        .filter((sample) => sample.name === name && Object.entries(labels).every(([key, of]) => sample.labels[key] === of))
        .reduce((sum, sample) => sum + sample.value, 0),
  };
}

/** The metrics that a PromQL expression names. */
export function metricsIn(expression: string): string[] {
  const bare = expression
    .replaceAll(/"[^"]*"/g, '')
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/\[[^\]]*\]/g, '');
  return bare.match(/\b(?:cairn|temporal|process|nodejs)_\w+/g) ?? [];
}
