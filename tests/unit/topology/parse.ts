// Strict little readers of the exported formats: each throws at the first character that the format does not allow there.

export interface Element {
  tag: string;
  attributes: Record<string, string>;
  text: string;
}

/** Elements in the order they open. Checks nesting, legal characters and entities, and normalises line ends as XML 1.0 section 2.11 asks. */
export function parseXml(source: string): Element[] {
  if (/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(source))
    throw new Error('character that XML does not allow');
  let rest = source.replace(/\r\n?/g, '\n').replace(/^<\?xml version="1.0" encoding="UTF-8"\?>/, '');
  const found: Element[] = [];
  const open: Element[] = [];
  while (rest.trim() !== '') {
    const text = /^[^<]+/.exec(rest)?.[0];
    if (text !== undefined) {
      const element = open.at(-1);
      if (element !== undefined) element.text += decode(text);
      else if (text.trim() !== '') throw new Error(`text outside: ${text}`);
      rest = rest.slice(text.length);
      continue;
    }
    const tag = /^<(\/?)([a-z]+)((?: [a-z.]+="[^"<]*")*)(\/?)>/.exec(rest);
    if (tag === null) throw new Error(`no tag: ${rest.slice(0, 40)}`);
    const [whole, closes, name = '', attributes = '', empty] = tag;
    if (closes !== '') {
      if (open.pop()?.tag !== name) throw new Error(`not open: ${name}`);
    } else {
      const pairs = [...attributes.matchAll(/ ([a-z.]+)="([^"]*)"/g)].map(
        ([, key = '', value = '']) => [key, decode(value.replace(/[\t\n]/g, ' '))] as const,
      );
      if (new Set(pairs.map(([key]) => key)).size !== pairs.length) throw new Error(`attribute twice: ${whole}`);
      const element = { tag: name, attributes: Object.fromEntries(pairs), text: '' };
      found.push(element);
      if (empty === '') open.push(element);
    }
    rest = rest.slice(whole.length);
  }
  if (open.length > 0) throw new Error('elements left open');
  return found;
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decode(text: string): string {
  return text.replace(/&([^;]*;?)/g, (_, entity: string) => {
    const number = /^#(\d+);$/.exec(entity)?.[1];
    const char = number === undefined ? ENTITIES[entity.replace(/;$/, '')] : String.fromCodePoint(Number(number));
    if (char === undefined || !entity.endsWith(';')) throw new Error(`no entity: &${entity}`);
    return char;
  });
}

export interface DotStatement {
  ids: string[];
  attributes: Record<string, string>;
}

/** Statements of an undirected graph. Labels are read as Graphviz does: escapes first, then HTML entities. */
export function parseDot(source: string): DotStatement[] {
  const tokens: { text: string; quoted: boolean }[] = [];
  let rest = source;
  while ((rest = rest.trimStart()) !== '') {
    const token = /^(?:"((?:[^"\\]|\\[\s\S])*)"|(--|[A-Za-z_][\w]*|[{}[\];,=]))/.exec(rest);
    if (token === null) throw new Error(`no token: ${rest.slice(0, 40)}`);
    tokens.push(token[1] === undefined ? { text: token[0], quoted: false } : { text: token[1], quoted: true });
    rest = rest.slice(token[0].length);
  }
  const take = (text?: string) => {
    const token = tokens.shift();
    if (token === undefined || (text !== undefined && (token.text !== text || token.quoted)))
      throw new Error(`expected ${text}, got ${token?.text}`);
    return token;
  };
  const at = (text: string) => tokens[0]?.text === text && !tokens[0].quoted;
  take('graph');
  take('topology');
  take('{');
  const statements: DotStatement[] = [];
  while (!at('}')) {
    const ids = [unescape(take().text)];
    while (at('--')) {
      take('--');
      ids.push(unescape(take().text));
    }
    const attributes: Record<string, string> = {};
    take('[');
    while (!at(']')) {
      const key = take().text;
      take('=');
      const value = take();
      attributes[key] = value.quoted ? decode(unescape(value.text)) : value.text;
      if (at(',')) take(',');
    }
    take(']');
    take(';');
    statements.push({ ids, attributes });
  }
  take('}');
  if (tokens.length > 0) throw new Error('text after the graph');
  return statements;
}

function unescape(text: string): string {
  return text.replace(/\\([\s\S])/g, (_, char: string) => {
    if (!'"\\n'.includes(char)) throw new Error(`escape with a meaning: \\${char}`);
    return char === 'n' ? '\n' : char;
  });
}

/** Labels by number of the node, and links. Nothing but entity codes, letters, digits and harmless punctuation may stand in a label. */
export function parseMermaid(source: string): { nodes: string[]; links: { from: number; to: number; label: string }[] } {
  const [head, ...lines] = source.split('\n');
  if (head !== 'flowchart LR' || lines.pop() !== '') throw new Error('no flowchart');
  const nodes: string[] = [];
  const links: { from: number; to: number; label: string }[] = [];
  for (const line of lines) {
    const found = /^ {2}n(\d+)(?:\["([^"]*)"\]|\("([^"]*)"\)|\{\{"([^"]*)"\}\})$/.exec(line);
    const edge = /^ {2}n(\d+) (?:---|-\.-)\|"([^"]*)"\| n(\d+)$/.exec(line);
    if (found !== null) nodes[Number(found[1])] = decodeLabel(found[2] ?? found[3] ?? found[4] ?? '');
    else if (edge !== null) links.push({ from: Number(edge[1]), to: Number(edge[3]), label: decodeLabel(edge[2] ?? '') });
    else throw new Error(`no statement: ${line}`);
  }
  return { nodes, links };
}

function decodeLabel(text: string): string {
  if (/[<>&"'`\\[\]{}|*~^$%!=\u0000-\u001f]/.test(text)) throw new Error(`raw syntax in a label: ${text}`);
  return text.replace(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
}
