import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AppError, invalid } from '../../core/errors.ts';
import type { webhooks } from '../../contracts/http/webhooks.ts';
import { insertPing, listDeliveries, redeliver, type DeliveryRow } from '../../stores/webhook-deliveries.ts';
import {
  changeWebhook,
  deleteWebhook,
  findWebhook,
  insertWebhook,
  listWebhooks,
  type WebhookRow,
} from '../../stores/webhooks.ts';
import { CURSORS, decodeCursor, pageOf } from '../cursor.ts';
import type { ApiDeps } from '../deps.ts';
import type { Handlers } from '../endpoint.ts';
import { notFound } from '../problems.ts';
import { literalRefusal } from '../webhooks/target.ts';

const SEQ = z.tuple([z.int().min(0)]);

/** The address is no part of what is audited: receivers put secrets in it. */
const auditOf = ({ id, name, events, enabled }: WebhookRow) => ({ id, name, events, enabled });

async function webhookOf(deps: ApiDeps, reference: string): Promise<WebhookRow> {
  const webhook = await findWebhook(deps.database, reference);
  if (webhook === null) throw notFound('webhook', reference);
  return webhook;
}

async function enabledWebhook(deps: ApiDeps, reference: string): Promise<WebhookRow> {
  const webhook = await webhookOf(deps, reference);
  if (!webhook.enabled) throw new AppError('conflict', `The webhook ${webhook.name} is disabled: enable it first.`);
  return webhook;
}

/** A name is judged by what it resolves to when an event is sent; an address right here. */
function checkTarget(deps: ApiDeps, url: string | undefined): void {
  const refusal = url === undefined || deps.privateTargets ? null : literalRefusal(new URL(url));
  if (refusal !== null) throw invalid('/url', refusal);
}

const deliveryJson = ({ seq: _seq, ...delivery }: DeliveryRow) => delivery;

export const webhookHandlers: Handlers<typeof webhooks> = {
  async listWebhooks({ deps, query: { limit, cursor } }) {
    const rows = await listWebhooks(deps.database, decodeCursor(CURSORS.name, cursor)?.[0] ?? null, limit + 1);
    return { status: 200, body: pageOf(rows, limit, (row) => [row.name]) };
  },
  async createWebhook({ deps, body, principal, audit }) {
    checkTarget(deps, body.url);
    const made = body.secret === undefined ? randomBytes(32).toString('base64url') : null;
    const fields = { ...body, secret: body.secret ?? made! };
    const webhook = await insertWebhook(deps.database, deps.keyring, fields, principal.name);
    audit.detail = auditOf(webhook);
    return { status: 201, body: { ...webhook, secret: made }, headers: { Location: `/api/webhooks/${webhook.id}` } };
  },
  async getWebhook({ deps, params }) {
    return { status: 200, body: await webhookOf(deps, params.id) };
  },
  async replaceWebhook({ deps, params, body, audit }) {
    checkTarget(deps, body.url);
    const webhook = await changeWebhook(deps.database, deps.keyring, params.id, body);
    if (webhook === null) throw notFound('webhook', params.id);
    audit.detail = { ...auditOf(webhook), fields: Object.keys(body) };
    return { status: 200, body: webhook };
  },
  async updateWebhook({ deps, params, body, audit }) {
    checkTarget(deps, body.url);
    const webhook = await changeWebhook(deps.database, deps.keyring, params.id, body);
    if (webhook === null) throw notFound('webhook', params.id);
    audit.detail = { ...auditOf(webhook), fields: Object.keys(body) };
    return { status: 200, body: webhook };
  },
  async deleteWebhook({ deps, params }) {
    if (!(await deleteWebhook(deps.database, params.id))) throw notFound('webhook', params.id);
    return { status: 204 };
  },
  async pingWebhook({ deps, params, principal, audit }) {
    const webhook = await enabledWebhook(deps, params.id);
    const delivery = await insertPing(deps.database, webhook.id, principal.name);
    audit.detail = { id: webhook.id, name: webhook.name, delivery_id: delivery.id };
    return { status: 202, body: deliveryJson(delivery) };
  },
  async listDeliveries({ deps, params, query: { limit, cursor, ...filter } }) {
    const webhook = await webhookOf(deps, params.id);
    const before = decodeCursor(SEQ, cursor)?.[0] ?? null;
    const rows = await listDeliveries(deps.database, webhook.id, filter, before, limit + 1);
    return { status: 200, body: pageOf(rows, limit, (row) => [row.seq], deliveryJson) };
  },
  async redeliver({ deps, params, audit }) {
    const webhook = await enabledWebhook(deps, params.id);
    const delivery = await redeliver(deps.database, webhook.id, params.delivery_id);
    if (delivery === null) throw notFound('delivery', params.delivery_id);
    if (delivery === 'pending') throw new AppError('conflict', 'The delivery is still pending.');
    audit.detail = { id: webhook.id, name: webhook.name, delivery_id: delivery.id, redelivery_of: params.delivery_id };
    return { status: 202, body: deliveryJson(delivery) };
  },
};
