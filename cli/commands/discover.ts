import { KIND_OPTIONS, KINDS, type Kind } from '../../core/facts.ts';
import { discovery } from '../../contracts/http/discovery.ts';
import type { Given } from '../given.ts';
import { DEVICES, keyOf, priorityOf, selectionOf, SELECTORS } from '../selection.ts';
import { start } from '../start.ts';
import { plural } from '../text/words.ts';

/** Every kind unless some are named. */
function kindsOf(given: Given): Partial<Record<(typeof KIND_OPTIONS)[Kind], boolean>> {
  const kinds = given.choices('kind', KINDS);
  return kinds === undefined ? {} : Object.fromEntries(KINDS.map((kind) => [KIND_OPTIONS[kind], kinds.includes(kind)]));
}

export const discoverCommands = [
  start({
    name: 'discover',
    about: 'discover the topology of devices',
    args: [DEVICES],
    options: [
      ...SELECTORS,
      { name: 'kind', value: 'kind', about: 'only these data kinds (several times, or with commas)', many: true, choices: KINDS },
      { name: 'without-cache', about: 'neither the caches nor the topology take the results' },
    ],
    endpoint: discovery.discoverAsync,
    input: (given) => ({
      body: { ...selectionOf(given), ...kindsOf(given), ...priorityOf(given), cache_results: !given.flag('without-cache') },
      ...keyOf(given),
    }),
    jobOf: (answer) => answer.job_id,
    show: ({ job_id, total_devices }) => `discovery of ${plural(total_devices, 'device')} started: ${job_id}\n`,
  }),
];
