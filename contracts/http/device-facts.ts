import { z } from 'zod';
import { KIND_ENDPOINTS, type Kind } from '../../core/facts.ts';
import { defineEndpoint, type Endpoint, type ReplySpec } from '../endpoint.ts';
import { flag, id, idParams, outcome, timestamp } from '../fields.ts';
import { RECORDS } from '../records.ts';

const query = z.strictObject({
  use_textfsm: flag(true).describe('false: the raw text of the device'),
  cached: flag(false).describe('true: from the cache; else the device is asked (operator)'),
  wait: z.coerce.number().int().min(0).max(300).default(60).describe('Seconds to wait for the device'),
});

const answer = <K extends Kind>(kind: K) =>
  z.object({
    success: z.boolean(),
    output: z.union([z.array(RECORDS[kind]), z.string()]).nullable(),
    outcome: outcome.nullable().describe('Of the last attempt; null if there was none, or it is not over'),
    error: z.string().nullable(),
    cached: z.boolean(),
    collected_at: timestamp.nullable(),
    job_id: id.nullable(),
  });

function deviceFacts<K extends Kind>(kind: K) {
  const schema = answer(kind);
  return defineEndpoint({
    method: 'GET',
    path: `/api/devices/{id}/${KIND_ENDPOINTS[kind]}`,
    summary: `${kind.replaceAll('_', ' ')} of a device, from the cache or asked now`,
    description: 'Asking the device starts a job and needs the role operator. 202: the wait is over and the job goes on.',
    tag: 'Device data',
    role: 'viewer',
    audit: 'device.query',
    params: idParams,
    query,
    responses: { 200: schema, 202: schema } satisfies Record<number, ReplySpec>,
    problems: ['not_found', 'conflict'],
  });
}

/** One route per data kind, named for it. */
export const deviceFactEndpoints = {
  static_routes: deviceFacts('static_routes'),
  ospf_routes: deviceFacts('ospf_routes'),
  bgp_routes: deviceFacts('bgp_routes'),
  mac_table: deviceFacts('mac_table'),
  arp: deviceFacts('arp'),
  interfaces: deviceFacts('interfaces'),
  cdp_neighbors: deviceFacts('cdp_neighbors'),
  lldp_neighbors: deviceFacts('lldp_neighbors'),
} satisfies Record<Kind, Endpoint>;
