/** A configuration as its parts: a header, and under it lines and further sections in their order. The root has the header ''. */
export interface Section {
  header: string;
  items: (string | Section)[];
}

type Style = 'indented' | 'braces' | 'fortios' | 'routeros';

const ROUTEROS = /^\/[a-z][a-z0-9 /-]*$/;

const section = (header: string): Section => ({ header, items: [] });

/** Which way a configuration is written; told from its text alone, since a version may outlive its device. */
export function styleOf(text: string): Style {
  const lines = text.split('\n');
  const count = (pattern: RegExp): number => lines.filter((line) => pattern.test(line)).length;
  if (count(/^\s*config \S/) > 0 && count(/^\s*end\s*$/) > 0 && count(/^\s*(set|edit) /) > 0) return 'fortios';
  if (count(/^\/[a-z]/) > 0 && count(/^(add|set|\/)/) * 2 > count(/^\S/) && count(/\{\s*$/) === 0) return 'routeros';
  if (count(/\{\s*$/) > 0 && count(/^\s*\}\s*$/) * 2 >= count(/\{\s*$/)) return 'braces';
  return 'indented';
}

export function sectionsOf(text: string, style: Style = styleOf(text)): Section {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  return PARSERS[style](lines);
}

const PARSERS: Record<Style, (lines: string[]) => Section> = { indented, braces, fortios, routeros };

/** Between sections; says nothing. */
const SEPARATOR = /^[!#]?$/;

/** The lines of a banner may look like anything: they belong to the line that opens it, up to its mark. */
const BANNER = /^\s*banner \S+ (\^C|[^A-Za-z0-9\s"])/;

/** IOS, NX-OS, EOS, XR, FRR, Huawei, AOS-CX, ProCurve: what is indented deeper belongs to the line above. */
function indented(lines: string[]): Section {
  const root = section('');
  const stack: { indent: number; section: Section }[] = [{ indent: -1, section: root }];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at]!;
    const words = line.trim();
    if (SEPARATOR.test(words)) continue;
    const indent = indentOf(line);
    while (stack.at(-1)!.indent >= indent) stack.pop();
    const parent = stack.at(-1)!.section;
    const banner = bannerEnd(lines, at);
    if (banner > at) {
      parent.items.push({ header: words, items: lines.slice(at + 1, banner + 1) });
      at = banner;
      continue;
    }
    if (indentAfter(lines, at) <= indent) {
      parent.items.push(words);
      continue;
    }
    const opened = section(words);
    parent.items.push(opened);
    stack.push({ indent, section: opened });
  }
  return root;
}

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** Of the next line that says anything. */
function indentAfter(lines: string[], at: number): number {
  for (let next = at + 1; next < lines.length; next += 1) if (!SEPARATOR.test(lines[next]!.trim())) return indentOf(lines[next]!);
  return 0;
}

/** The line that closes the banner opened at `at`; `at` where there is none. */
function bannerEnd(lines: string[], at: number): number {
  const mark = BANNER.exec(lines[at]!)?.[1];
  if (mark === undefined || lines[at]!.indexOf(mark) !== lines[at]!.lastIndexOf(mark)) return at;
  const end = lines.findIndex((line, number) => number > at && line.includes(mark));
  return end === -1 ? at : end;
}

/** Junos, PAN-OS: `header {` … `}`, statements end with `;`. */
function braces(lines: string[]): Section {
  const root = section('');
  const stack = [root];
  for (const line of lines) {
    const words = line.trim();
    const parent = stack.at(-1)!;
    if (words === '') continue;
    if (/^\};?$/.test(words)) {
      if (stack.length > 1) stack.pop();
    } else if (words.endsWith('{')) {
      const opened = section(words.slice(0, -1).trim());
      parent.items.push(opened);
      stack.push(opened);
    } else parent.items.push(words);
  }
  return root;
}

/** FortiOS: `config x` … `end`, `edit y` … `next`. */
function fortios(lines: string[]): Section {
  const root = section('');
  const stack = [root];
  for (const line of lines) {
    const words = line.trim();
    if (words === '') continue;
    if (/^(config|edit) /.test(words)) {
      const opened = section(words);
      stack.at(-1)!.items.push(opened);
      stack.push(opened);
    } else if ((words === 'next' || words === 'end') && stack.length > 1) stack.pop();
    else stack.at(-1)!.items.push(words);
  }
  return root;
}

/** RouterOS: `/ip address` heads what follows; a line that ends with `\` goes on in the next one. */
function routeros(lines: string[]): Section {
  const root = section('');
  let current = root;
  let open = '';
  for (const line of lines) {
    const words = open + line.trim();
    open = '';
    if (words === '') continue;
    if (words.endsWith('\\')) open = words.slice(0, -1);
    else if (ROUTEROS.test(words)) {
      current = section(words);
      root.items.push(current);
    } else current.items.push(words);
  }
  if (open !== '') current.items.push(open);
  return root;
}
