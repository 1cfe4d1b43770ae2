import { createServer, type IncomingHttpHeaders } from 'node:http';

/**
 * Speaks what Vault's API documents of reading the key-value engines of version 1 (mount `kv`) and 2 (mount `secret`)
 * (developer.hashicorp.com/vault/api-docs/secret/kv), with its refusals.
 */
export interface VaultServer {
  address: string;
  /** By path as it is asked for (`secret/data/lab`, `kv/lab`); null: its newest version is deleted. */
  secrets: Map<string, Record<string, unknown> | null>;
  /** Tokens that may read. */
  tokens: Set<string>;
  /** Each answers all requests where it is set; `hang` never does. */
  mode: 'open' | 'sealed' | 'redirect' | 'hang' | 'garbage';
  /** Seconds, told with version 1. */
  lease: number;
  requests: { method: string; path: string; headers: IncomingHttpHeaders }[];
  stop(): Promise<void>;
}

export async function startVaultServer(): Promise<VaultServer> {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '');
    vault.requests.push({ method: request.method ?? '', path, headers: request.headers });
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    };
    if (vault.mode === 'hang') return;
    if (vault.mode === 'sealed') return answer(503, { errors: ['Vault is sealed'] });
    if (vault.mode === 'garbage') return void response.end('<html>S3cret proxy error</html>');
    if (vault.mode === 'redirect') return void response.writeHead(307, { Location: `${vault.address}/elsewhere` }).end();
    const token = request.headers['x-vault-token'];
    if (typeof token !== 'string' || !vault.tokens.has(token)) return answer(403, { errors: ['permission denied'] });
    const [, key] = /^\/v1\/(.+)$/.exec(path) ?? [];
    const found = vault.secrets.get(key ?? '');
    const version = { created_time: '2026-01-01T00:00:00Z', custom_metadata: null, destroyed: false, version: 3 };
    const common = { request_id: 'r', lease_id: '', renewable: false, wrap_info: null, warnings: null, auth: null };
    if (found === undefined) return answer(404, { errors: [] });
    if (key?.startsWith('kv/')) return answer(200, { ...common, lease_duration: vault.lease, data: found });
    if (found === null)
      return answer(404, {
        ...common,
        lease_duration: 0,
        data: { data: null, metadata: { ...version, deletion_time: '2026-01-02T00:00:00Z' } },
      });
    return answer(200, { ...common, lease_duration: 0, data: { data: found, metadata: { ...version, deletion_time: '' } } });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  const vault: VaultServer = {
    address: `http://127.0.0.1:${address.port}`,
    secrets: new Map(),
    tokens: new Set(),
    mode: 'open',
    lease: 2_764_800,
    requests: [],
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
  return vault;
}
