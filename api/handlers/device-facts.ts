import { AppError } from '../../core/errors.ts';
import type { Kind } from '../../core/facts.ts';
import { DEFAULT_LIMITS, isTerminalJob } from '../../core/jobs.ts';
import type { deviceFactEndpoints } from '../../contracts/http/device-facts.ts';
import { chooseDevices } from '../../stores/devices.ts';
import { readCachedKind, readJobKind, readRawKind } from '../../stores/facts-views.ts';
import { requireRole } from '../auth.ts';
import { factsReply, type FactsAnswer } from '../device-facts.ts';
import type { Call, Handlers } from '../endpoint.ts';
import { launchJob, waitForJob } from '../launch.ts';
import { notFound } from '../problems.ts';

type FactsCall = Omit<Call<(typeof deviceFactEndpoints)['arp']>, 'body'>;

async function fromCache({ deps, query, audit }: FactsCall, kind: Kind, deviceId: string): Promise<FactsAnswer> {
  audit.skip = true;
  const cached = await readCachedKind(deps.database, deviceId, kind);
  const raw = query.use_textfsm ? null : await readRawKind(deps.database, deviceId, kind);
  return { found: cached, raw, cached: true };
}

/** Asks the device through the one path that every job takes. Null while the job goes on. */
async function fromDevice(call: FactsCall, kind: Kind, device: { id: string; name: string; queue_id: string | null }) {
  const { deps, query, principal, audit } = call;
  const params = { ...DEFAULT_LIMITS, kinds: [kind], cache_results: true, snapshot: false };
  const { job_id } = await launchJob(deps, {
    type: 'topology.discover',
    owner: principal.name,
    priority: 8,
    params,
    devices: [device],
  });
  audit.detail = { job_id, device_id: device.id };
  if (!isTerminalJob(await waitForJob(deps, job_id, query.wait * 1000))) return { job_id, answer: null };
  const found = await readJobKind(deps.database, job_id, device.id, kind);
  const raw = query.use_textfsm ? null : await readRawKind(deps.database, device.id, kind);
  return { job_id, answer: { found, raw: raw?.job_id === job_id ? raw : null, cached: false } };
}

const facts = (kind: Kind) => async (call: FactsCall) => {
  const { deps, params, query, principal } = call;
  if (!query.cached) requireRole(principal, 'operator');
  const [device] = await chooseDevices(deps.database, principal, [params.id]);
  if (device === undefined) throw notFound('device', params.id);
  if (query.cached) return factsReply(await fromCache(call, kind, device.id), query.use_textfsm);
  if (!device.enabled) throw new AppError('conflict', `The device ${device.name} is disabled.`);
  const { job_id, answer } = await fromDevice(call, kind, device);
  return factsReply(answer, query.use_textfsm, job_id);
};

/** One handler per data kind. */
export const deviceFactHandlers: Handlers<typeof deviceFactEndpoints> = {
  static_routes: facts('static_routes'),
  ospf_routes: facts('ospf_routes'),
  bgp_routes: facts('bgp_routes'),
  mac_table: facts('mac_table'),
  arp: facts('arp'),
  interfaces: facts('interfaces'),
  cdp_neighbors: facts('cdp_neighbors'),
  lldp_neighbors: facts('lldp_neighbors'),
};
