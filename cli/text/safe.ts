/** Controls (C0, DEL, C1), line and paragraph separators, what turns the direction of text, and halves of characters. */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const shown = (character: string): string => {
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
};

/** One line that a terminal takes for text and nothing else: devices choose what they call themselves. */
export function safeLine(text: string): string {
  return text.replaceAll(UNSAFE, shown);
}

/** The same for a text of many lines; tabs stay. */
export function safeText(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(UNSAFE, (character) => (/[\n\t]/.test(character) ? character : shown(character)));
}

/** JSON of the same value in which every such character is escaped; two blanks of indent. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(UNSAFE, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
