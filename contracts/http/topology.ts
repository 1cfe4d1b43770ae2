import { z } from 'zod';
import { defineEndpoint } from '../endpoint.ts';
import { flag, idParams, page, pageQuery, reference } from '../fields.ts';
import { Graph, GraphDiff, GraphPath, GraphStatistics, SnapshotEntry } from '../graph.ts';

const read = { method: 'GET', tag: 'Topology', role: 'viewer', audit: null } as const;
const snapshot = reference.optional().describe('Id of a snapshot; the newest unless told');

export const topology = {
  getTopology: defineEndpoint({
    ...read,
    path: '/api/topology',
    summary: 'The topology as the newest discovery saw it',
    responses: { 200: Graph },
  }),
  listSnapshots: defineEndpoint({
    ...read,
    path: '/api/topology/snapshots',
    summary: 'List the topology snapshots, the newest first',
    query: z.strictObject(pageQuery),
    responses: { 200: page(SnapshotEntry) },
  }),
  getSnapshot: defineEndpoint({
    ...read,
    path: '/api/topology/snapshots/{id}',
    summary: 'The topology as one discovery saw it',
    params: idParams,
    responses: { 200: Graph },
    problems: ['not_found'],
  }),
  diffTopology: defineEndpoint({
    ...read,
    path: '/api/topology/diff',
    summary: 'What changed between two snapshots',
    query: z.strictObject({
      from: reference.optional().describe('Id of a snapshot; the last but one unless told'),
      to: snapshot,
    }),
    responses: { 200: GraphDiff },
    problems: ['not_found'],
  }),
  findTopologyPath: defineEndpoint({
    ...read,
    path: '/api/topology/path',
    summary: 'The shortest path between two nodes',
    query: z.strictObject({
      from: reference.describe('Id or name of a node'),
      to: reference.describe('Id or name of a node'),
      kind: z.enum(['physical', 'layer3']).optional(),
      all: flag(false).describe('Every shortest path instead of one'),
      snapshot,
    }),
    responses: { 200: GraphPath },
    problems: ['not_found', 'conflict'],
  }),
  topologyStatistics: defineEndpoint({
    ...read,
    path: '/api/topology/statistics',
    summary: 'Counts, and what stands out: isolated devices, links that one side reports',
    query: z.strictObject({ snapshot }),
    responses: { 200: GraphStatistics },
    problems: ['not_found'],
  }),
  exportTopology: defineEndpoint({
    ...read,
    path: '/api/topology/export',
    summary: 'The topology as a file',
    query: z.strictObject({ format: z.enum(['graphml', 'dot', 'mermaid', 'json']).default('json'), snapshot }),
    responses: {
      200: {
        media: 'application/graphml+xml',
        others: ['text/vnd.graphviz', 'text/vnd.mermaid'],
        json: Graph.omit({ snapshot: true }),
        description: 'GraphML, DOT, Mermaid or JSON',
      },
    },
    problems: ['not_found'],
  }),
};
