import { KINDS } from '../core/facts.ts';
import type { Platform, Source } from './platform.ts';

/** How a platform gives one kind. */
function cell(source: Source): string {
  if ('unsupported' in source) return 'unsupported';
  const ways = source.ask.map(({ parse }) => ('read' in parse ? 'native' : 'template'));
  return [...new Set(ways)].join(', ');
}

/** Platform × kind as Markdown: `native` (read by code), `template` (TextFSM) or `unsupported`, with the reasons below. */
export function platformMatrix(platforms: Platform[]): string {
  const rows = platforms.map((platform) => [
    `\`${platform.name}\``,
    platform.label,
    ...KINDS.map((kind) => cell(platform.kinds[kind])),
    platform.config.commands[0] === undefined ? 'unsupported' : `\`${platform.config.commands[0]}\``,
  ]);
  const head = ['platform', '', ...KINDS, 'configuration'];
  const line = (cells: string[]): string => `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
  const reasons = platforms.flatMap((platform) =>
    KINDS.flatMap((kind) => {
      const source = platform.kinds[kind];
      return 'unsupported' in source ? [`- \`${platform.name}\`, ${kind}: ${source.unsupported}`] : [];
    }),
  );
  const aliases = platforms.flatMap((platform) =>
    platform.aliases === undefined
      ? []
      : [`- \`${platform.name}\`: ${platform.aliases.map((alias) => `\`${alias}\``).join(', ')}`],
  );
  return [
    '# Platforms',
    '',
    'Made from the platform files by `npx tsx scripts/platform-matrix.ts`; a test holds this page against them. How to add one:',
    '[howto/add-a-platform.md](howto/add-a-platform.md).',
    '',
    '`native`: read by code, mostly from structured output. `template`: text that is parsed by a TextFSM template. `unsupported`: the outcome says so.',
    '',
    line(head),
    line(head.map(() => '---')),
    ...rows.map(line),
    '',
    '## Why unsupported',
    ...reasons,
    '',
    '## Other names',
    ...aliases,
    '',
  ].join('\n');
}
