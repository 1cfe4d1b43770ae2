import { jobs } from '../../contracts/http/jobs.ts';
import { DEVICES, keyOf, priorityOf, selectionOf, SELECTORS } from '../selection.ts';
import { start } from '../start.ts';
import { plural } from '../text/words.ts';

export const collectCommands = [
  start({
    name: 'collect',
    about: 'back up the configuration of devices',
    args: [DEVICES],
    options: [...SELECTORS, { name: 'collector', value: 'name', about: 'which collector fetches it' }],
    endpoint: jobs.createJob,
    input: (given) => ({
      body: {
        type: 'fleet.collect' as const,
        params: { ...selectionOf(given), collector: given.text('collector') },
        ...priorityOf(given),
      },
      ...keyOf(given),
    }),
    jobOf: (job) => job.job_id,
    show: ({ job_id, total_devices }) => `backup of ${plural(total_devices, 'device')} started: ${job_id}\n`,
  }),
];
