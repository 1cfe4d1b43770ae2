import type { JobActivities } from '../core/activities.ts';
import { buildTopology } from '../topology/graph.ts';
import type { Database } from '../stores/database.ts';
import { loadNetwork } from '../stores/network.ts';
import { saveSnapshot } from '../stores/topology-snapshots.ts';

/** The topology of all cached facts, as one snapshot per discovery. */
export function createTopologyActivities({ database }: { database: Database }): Pick<JobActivities, 'snapshotTopology'> {
  return {
    async snapshotTopology({ job_id }) {
      const devices = await loadNetwork(database);
      return saveSnapshot(database, job_id, buildTopology({ devices }));
    },
  };
}
