import { startWebhookSender } from '../../api/webhooks/sender.ts';
import { createMetrics } from '../../runtime/metrics.ts';
import { until } from '../support/cluster.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';
import { startApi, type TestApi } from './harness.ts';

export interface Hook {
  id: string;
  name: string;
  secret: string | null;
}

export interface Delivery {
  id: string;
  event: string;
  status: string;
  attempts: number;
  response_status: number | null;
  error: string | null;
  payload: Record<string, unknown>;
  next_attempt_at: string | null;
  delivered_at: string | null;
  redelivery_of: string | null;
}

/** Of the webhooks that `addHook` makes. */
export const SECRET = 'S3cret-of-the-webhook';

/** The API in this process, senders in it, and a receiver that is new for each test. */
export interface WebhookTest {
  api: TestApi;
  receiver: Receiver;
  addHook(more?: Record<string, unknown>): Promise<Hook>;
  ping(hook: Hook): Promise<Delivery>;
  deliveries(hook: Hook, query?: string): Promise<Delivery[]>;
  delivery(hook: Hook, id: string): Promise<Delivery>;
  /** Waits until so many attempts are over. */
  attempted(hook: Hook, id: string, attempts?: number): Promise<Delivery>;
  /** What waits for its next attempt is due now. */
  due(id: string): Promise<unknown>;
  startSender(more?: { timeoutMs?: number; privateTargets?: boolean }): void;
  before(): Promise<void>;
  after(): Promise<void>;
  stop(): Promise<void>;
}

export async function startWebhookTest(): Promise<WebhookTest> {
  const api = await startApi();
  let senders: { stop(): Promise<void> }[] = [];
  let names = 0;
  const test: WebhookTest = {
    api,
    receiver: await startReceiver(),
    async addHook(more = {}) {
      const body = { name: `hook${++names}`, url: test.receiver.url, events: ['job.failed'], secret: SECRET, ...more };
      const answer = await api.send<Hook>('POST', '/api/webhooks', { body });
      if (answer.status !== 201) throw new Error(answer.text);
      return answer.json;
    },
    async ping(hook) {
      const answer = await api.send<Delivery>('POST', `/api/webhooks/${hook.id}/ping`);
      if (answer.status !== 202) throw new Error(answer.text);
      return answer.json;
    },
    async deliveries(hook, query = '') {
      return (await api.send<{ items: Delivery[] }>('GET', `/api/webhooks/${hook.id}/deliveries${query}`)).json.items;
    },
    async delivery(hook, id) {
      const found = (await test.deliveries(hook)).find((one) => one.id === id);
      if (found === undefined) throw new Error(`no delivery ${id}`);
      return found;
    },
    async attempted(hook, id, attempts = 1) {
      await until(`attempt ${attempts} is over`, async () => {
        const now = await test.delivery(hook, id);
        return now.attempts === attempts && (now.status !== 'pending' || now.error !== null) && test.receiver.open() === 0;
      });
      return test.delivery(hook, id);
    },
    due: (id) => api.database.sql`update webhook_deliveries set next_attempt_at = now() where id = ${id}`,
    startSender(more = {}) {
      senders.push(startWebhookSender({ ...api.deps, metrics: createMetrics('sender'), ...more }));
    },
    async before() {
      await test.receiver.close();
      test.receiver = await startReceiver();
    },
    async after() {
      await Promise.all(senders.map((sender) => sender.stop()));
      senders = [];
      await api.database.sql`delete from webhooks`;
    },
    async stop() {
      await test.receiver.close();
      await api.stop();
    },
  };
  return test;
}
