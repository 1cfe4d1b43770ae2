import type { stats } from '../../contracts/http/stats.ts';
import type { Handlers } from '../endpoint.ts';

export const statsHandlers: Handlers<typeof stats> = {
  async readStats({ deps, principal }) {
    return { status: 200, body: await deps.stats(principal) };
  },
};
