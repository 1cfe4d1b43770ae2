import type { Option } from './command.ts';

/** Options of every command that asks the API. */
export const GLOBAL_OPTIONS = [
  { name: 'json', about: 'print the answer of the API as JSON' },
  { name: 'url', value: 'url', about: 'address of the API (CAIRN_URL; else http://127.0.0.1:8080)' },
  { name: 'token-file', value: 'file', about: 'file that holds the API token (.cairn/admin-token)', completes: 'file' },
  { name: 'token', value: 'token', about: 'the API token; better CAIRN_TOKEN, which others on this machine cannot see' },
] as const satisfies Option[];
