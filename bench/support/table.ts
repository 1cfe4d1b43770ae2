/** Prints a Markdown table. */
export function printTable(header: string[], rows: (string | number)[][]): void {
  const lines = [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  process.stdout.write(`${lines.join('\n')}\n\n`);
}

/** `min / median / max` of the numbers that are there. */
export function spread(values: (number | null)[], digits = 1): string {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (known.length === 0) return '–';
  return [known[0]!, median(known), known.at(-1)!].map((value) => value.toFixed(digits)).join(' / ');
}

/** Of at least one number. */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1]! + sorted[Math.floor(half)]!) / 2;
}
