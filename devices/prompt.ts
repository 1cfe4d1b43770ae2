/** The prompt at the end of what has come: pure functions. */

/** Without the blanks and NULs behind what is shown last. */
export function withoutBlankEnd(text: string): string {
  let end = text.length;
  while (end > 0 && ' \x00'.includes(text.charAt(end - 1))) end -= 1;
  return end === text.length ? text : text.slice(0, end);
}

/** A prompt without its sign and its bracketed state: `fw01(active)>` and `fw01(passive)>` are one device's. */
export function promptStem(prompt: string): string {
  return prompt.replace(/\([^)]*\)/g, '').replace(/[#>$%]\s*$/, '');
}

/** Whether the prompt, known letter by letter, is the last line. */
export function isAtPrompt(end: string, prompt: string): boolean {
  if (!end.endsWith(prompt)) return false;
  const before = end.charAt(end.length - prompt.length - 1);
  return before === '' || before === '\n' || before === '\r';
}
