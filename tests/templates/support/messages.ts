/** A message of textfsm or of ours, apart from the line, which textfsm writes in four ways, and the reason that we add in brackets. */
export function messageParts(message: string): { text: string; line: number | null } {
  const line = / Line:? (\d+)\.?$/.exec(message);
  const text = (line === null ? message : message.slice(0, line.index)).replace(/\.$/, '');
  const ours = /^(Invalid regular expression: .*') \(.*\)$/.exec(text);
  return { text: ours?.[1] ?? text, line: line === null ? null : Number(line[1]) };
}
