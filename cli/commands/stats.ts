import { stats } from '../../contracts/http/stats.ts';
import { request } from '../request.ts';
import { statusColor } from '../text/paint.ts';
import { table } from '../text/table.ts';
import { duration, plural, time } from '../text/words.ts';

export const statsCommands = [
  request({
    name: 'stats',
    about: 'workers, running jobs, next runs, and what waits in the queues',
    endpoint: stats.readStats,
    input: () => ({}),
    show({ workers, backlog, active_jobs, scheduled }, screen) {
      const parts = [
        table(
          screen,
          workers,
          [
            { head: 'WORKER', of: (row) => row.identity },
            { head: 'QUEUES', of: (row) => row.queues },
            { head: 'AT WORK', of: (row) => row.slots.used, right: true },
            { head: 'FREE', of: (row) => row.slots.free, right: true },
            { head: 'HEARD OF (UTC)', of: (row) => time(row.last_heartbeat_at) },
          ],
          'No worker.',
        ),
        table(
          screen,
          backlog,
          [
            { head: 'QUEUE', of: (row) => row.queue },
            { head: 'KIND', of: (row) => row.kind },
            { head: 'GROUP', of: (row) => row.group },
            { head: 'STATE', of: (row) => row.state, color: (row) => statusColor(row.state) },
            { head: 'WAITING', of: (row) => row.backlog, right: true },
            { head: 'OLDEST', of: (row) => (row.backlog === 0 ? null : duration(row.backlog_age_seconds)), right: true },
          ],
          'No queues.',
        ),
        table(
          screen,
          scheduled,
          [
            { head: 'SCHEDULE', of: (row) => row.name },
            { head: 'TYPE', of: (row) => row.type },
            { head: 'NEXT RUN (UTC)', of: (row) => (row.paused ? 'paused' : time(row.next_run_at)) },
          ],
          'Nothing is scheduled.',
        ),
        `${plural(active_jobs, 'active job')}\n`,
      ];
      return parts.join('\n');
    },
  }),
];
