/** What a commit is made of, in the language of `git fast-import` (git-fast-import(1)). Bytes stand as latin1 characters. */
export interface CommitScript {
  branch: string;
  author: string;
  message: string;
  at: Date;
  /** The commit before; null for the first. */
  from: string | null;
  merge?: string;
  changes: TreeChange[];
}

/** Path as the bytes of Git, in latin1; `id` null removes it. */
export interface TreeChange {
  path: string;
  id: string | null;
  mode?: string;
}

const COMMITTER = 'Cairn <cairn@cairn.invalid>';

export function commitScript(commit: CommitScript): Buffer {
  const time = `${Math.floor(commit.at.getTime() / 1000)} +0000`;
  const message = Buffer.from(cleanMessage(commit.message), 'utf8');
  return Buffer.from(
    [
      'feature done',
      `commit refs/heads/${commit.branch}`,
      `author ${asBytes(ident(commit.author))} ${time}`,
      `committer ${COMMITTER} ${time}`,
      `data ${message.length}`,
      message.toString('latin1'),
      ...(commit.from === null ? [] : [`from ${commit.from}`]),
      ...(commit.merge === undefined ? [] : [`merge ${commit.merge}`]),
      ...commit.changes.map(changeLine),
      'done',
      '',
    ].join('\n'),
    'latin1',
  );
}

const asBytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

function changeLine({ path, id, mode = '100644' }: TreeChange): string {
  return id === null ? `D ${quoted(path)}` : `M ${mode} ${id} ${quoted(path)}`;
}

/** Paths of ours need no quotes; those of people may. */
function quoted(path: string): string {
  if (/^[A-Za-z0-9._%/-]+$/.test(path)) return path;
  const escaped = path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `"${escaped}"`;
}

/** `Name <address>` of whoever asked, whatever they are called: Git takes no line end, NUL, `<` or `>` in it, nor a name of dots. */
export function ident(actor: string): string {
  const name = actor
    .replaceAll(/[\0-\x1f\x7f<>]+/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const known = /[^\s.,:;"'\\]/.test(name) ? name : 'unknown';
  const local = known.replaceAll(/[^A-Za-z0-9._+-]+/g, '-');
  const address = /^[^\s@]+@[^\s@]+$/.test(known) ? known : `${local}@cairn.invalid`;
  return `${known} <${address}>`;
}

function cleanMessage(message: string): string {
  const clean = message.replaceAll('\0', '').replaceAll('\r\n', '\n').trimEnd();
  return `${clean === '' ? 'Configurations' : clean}\n`;
}
