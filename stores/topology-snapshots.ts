import { v7 as uuidv7 } from 'uuid';
import type { Database } from './database.ts';
import { storableJson } from './storable-text.ts';

/**
 * Keeps the snapshot of a job, and what the devices said of their neighbours, which the graph of some of them is made of. Run again
 * for the same job it gives back the one there is: one snapshot per discovery.
 */
export async function saveSnapshot(
  { sql }: Pick<Database, 'sql'>,
  jobId: string,
  { graph, claims }: { graph: { nodes: unknown[]; links: unknown[] }; claims: object[] },
): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    insert into topology_snapshots (id, job_id, nodes, links, graph, claims)
    values (${uuidv7()}, ${jobId}, ${graph.nodes.length}, ${graph.links.length}, ${storableJson(graph)}::text::json,
      ${storableJson(claims)}::text::json)
    on conflict (job_id) do update set job_id = excluded.job_id returning id`;
  return row!.id;
}
