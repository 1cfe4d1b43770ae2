import { v7 as uuidv7 } from 'uuid';
import type { Database } from './database.ts';
import { storableJson } from './storable-text.ts';

/** Keeps the snapshot of a job. Run again for the same job it gives back the one there is: one snapshot per discovery. */
export async function saveSnapshot(
  { sql }: Pick<Database, 'sql'>,
  jobId: string,
  graph: { nodes: unknown[]; links: unknown[] },
): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    insert into topology_snapshots (id, job_id, nodes, links, graph)
    values (${uuidv7()}, ${jobId}, ${graph.nodes.length}, ${graph.links.length}, ${storableJson(graph)}::text::json)
    on conflict (job_id) do update set job_id = excluded.job_id returning id`;
  return row!.id;
}
