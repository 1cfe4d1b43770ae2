import { allEndpoints } from '../../../contracts/http/index.ts';
import { roleAllows, type Role } from '../../../core/roles.ts';
import type { Known } from './known.ts';

/** What a parameter may be besides what is made up: the noun that it names, how often. */
const PARAMETERS: Record<string, string> = {
  'path.job_id': 'job',
  'path.fingerprint': 'letter',
  'path.delivery_id': 'delivery',
  'path.task_identifier': 'backup',
  'path.other': 'backup',
  'query.device_id': 'device',
  'query.group': 'group',
  'query.snapshot': 'snapshot',
  'query.from': 'snapshot',
  'query.to': 'snapshot',
  'body.fingerprint': 'letter',
  'body.device_ids[*]': 'device',
  'body.params.device_ids[*]': 'device',
  'body.group': 'group',
  'body.preset': 'preset',
  'body.user': 'user',
  'body.credential_id': 'credential',
  'body.collection_group_id': 'group',
};

/** `{id}` below this path. */
const ITEMS: Record<string, string> = {
  jobs: 'job',
  tasks: 'job',
  devices: 'device',
  credentials: 'credential',
  'collection-groups': 'group',
  presets: 'preset',
  schedules: 'schedule',
  holds: 'hold',
  users: 'user',
  tokens: 'token',
  me: 'token',
  webhooks: 'webhook',
  topology: 'snapshot',
};

/** What is another in single operations, each with its reason. */
const ODD: Record<string, Record<string, string>> = {
  // A stream of a job that is not over stays open: only those that are over.
  streamJobEvents: { 'path.id': 'over' },
  discoverProgress: { 'path.job_id': 'discovery' },
  discoverResult: { 'path.job_id': 'discovery' },
  discoverCancel: { 'path.job_id': 'discovery' },
  // Between two nodes, not two snapshots.
  findTopologyPath: { 'query.from': 'device', 'query.to': 'device' },
};

const PROBABILITY = 0.75;
const quoted = JSON.stringify;

/** Most examples where the role is the least that may call it, a greater one, or a lesser one. */
const EXAMPLES = { least: 6, greater: 3, lesser: 2 };

function examplesOf(needed: Role | 'public', role: Role): number {
  const least = needed === 'public' ? 'viewer' : needed;
  if (least === role) return EXAMPLES.least;
  return roleAllows(role, least) ? EXAMPLES.greater : EXAMPLES.lesser;
}

/** schemathesis.toml: fixed seed, few examples, and for each parameter that names something mostly something that is there. */
export function schemathesisConfig(known: Record<string, Known>, role: Role): string {
  const dictionaries = Object.entries(known).flatMap(([noun, { keep, spare }]) => [
    `${noun}.values = ${quoted(keep)}`,
    `${noun}_spare.values = ${quoted(spare)}`,
  ]);
  const bind = (name: string, dictionary: string, probability = PROBABILITY): string =>
    `${quoted(name)} = { dictionary = ${quoted(dictionary)}, probability = ${probability} }`;
  const operations = allEndpoints().map(({ operationId, endpoint }) => {
    const noun = ITEMS[endpoint.path.split('/')[2] ?? ''];
    const named: Record<string, string> = {
      ...(noun !== undefined && endpoint.path.includes('{id}') ? { 'path.id': noun } : {}),
      ...PARAMETERS,
      ...ODD[operationId],
    };
    const binds = Object.entries(named)
      .filter(([name]) => !name.startsWith('path.') || endpoint.path.includes(`{${name.slice(5)}}`))
      .map(([name, dictionary]) => bind(name, endpoint.method === 'DELETE' ? `${dictionary}_spare` : dictionary));
    const most = examplesOf(endpoint.role, role);
    return [
      '[[operations]]',
      `include-operation-id = ${quoted(operationId)}`,
      `generation = { max-examples = ${most}, no-shrink = true }`,
      '[operations.parameters]',
      ...binds,
      ...ALWAYS,
    ];
  });
  return [COMMON, '[dictionaries]', ...VALUES, ...dictionaries, ...operations.flat()].join('\n');
}

const VALUES = ['nowhere.values = ["http://127.0.0.1:1/"]', 'no_wait.values = [0]'];

/** Nothing waits for a device, and nothing is sent beyond this machine. */
const ALWAYS = [
  '"query.wait" = { dictionary = "no_wait", probability = 1.0 }',
  '"body.url" = { dictionary = "nowhere", probability = 1.0 }',
];

/** What holds of every API. */
export const COMMON = `
seed = 20261122
continue-on-failure = true
request-timeout = 10
suppress-health-check = ["all"]
warnings = false
# CPython 3.11 may fail in its parser when two threads are in it (gh-106905).
workers = 1

# A wait that is not told would last a minute: no worker runs.
[headers]
Prefer = "wait=0"

[generation]
no-shrink = true
database = "none"

# Else ids from answers are taken for those to delete.
[phases.fuzzing]
extra-data-sources = { responses = false }

[phases.coverage]
enabled = false

[phases.stateful]
enabled = false

[checks]
enabled = false
not_a_server_error.enabled = true
status_code_conformance.enabled = true
content_type_conformance.enabled = true
response_schema_conformance.enabled = true
`;
