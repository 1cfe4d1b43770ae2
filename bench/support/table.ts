/** Prints a Markdown table. */
export function printTable(header: string[], rows: (string | number)[][]): void {
  const lines = [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  process.stdout.write(`${lines.join('\n')}\n\n`);
}

/** `min / median / max` of the numbers that are there. */
export function spread(values: (number | null)[], digits = 1): string {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (known.length === 0) return '–';
  const middle = known[Math.floor((known.length - 1) / 2)]!;
  const upper = known[Math.floor(known.length / 2)]!;
  return [known[0]!, (middle + upper) / 2, known.at(-1)!].map((value) => value.toFixed(digits)).join(' / ');
}
