/** A text without the lines of these numbers (from 1, ascending): what changes by itself is no difference. */
export function withoutLines(text: string, numbers: number[]): string {
  if (numbers.length === 0) return text;
  const left = new Set(numbers);
  return text
    .split('\n')
    .filter((_line, index) => !left.has(index + 1))
    .join('\n');
}
