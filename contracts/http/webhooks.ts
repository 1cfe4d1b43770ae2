import { z } from 'zod';
import { DELIVERY_EVENTS, DELIVERY_STATUSES } from '../../core/events.ts';
import { defineEndpoint } from '../endpoint.ts';
import { idParams, page, pageQuery, reference, uuid } from '../fields.ts';
import { Delivery, NewWebhook, Webhook, WebhookInput, WebhookPatch } from '../webhook.ts';

const tag = 'Webhooks';
const role = 'admin';
const allDevices = true;

const item = {
  path: '/api/webhooks/{id}',
  tag,
  role,
  allDevices,
  params: idParams,
  problems: ['not_found', 'conflict'],
} as const;

export const webhooks = {
  listWebhooks: defineEndpoint({
    method: 'GET',
    path: '/api/webhooks',
    summary: 'List webhooks by name, without their secrets',
    tag,
    role,
    allDevices,
    audit: null,
    query: z.strictObject(pageQuery),
    responses: { 200: page(Webhook) },
  }),
  createWebhook: defineEndpoint({
    method: 'POST',
    path: '/api/webhooks',
    summary: 'Add a webhook; a secret that is not given is made, and answered once',
    tag,
    role,
    allDevices,
    audit: 'webhook.create',
    body: WebhookInput,
    responses: { 201: NewWebhook },
    problems: ['conflict'],
  }),
  getWebhook: defineEndpoint({
    ...item,
    method: 'GET',
    summary: 'Read a webhook, by id or name, without its secret',
    audit: null,
    responses: { 200: Webhook },
  }),
  replaceWebhook: defineEndpoint({
    ...item,
    method: 'PUT',
    summary: 'Replace a webhook; a secret that is left out stays',
    audit: 'webhook.update',
    body: WebhookInput,
    responses: { 200: Webhook },
  }),
  updateWebhook: defineEndpoint({
    ...item,
    method: 'PATCH',
    summary: 'Change some fields of a webhook',
    audit: 'webhook.update',
    body: WebhookPatch,
    responses: { 200: Webhook },
  }),
  deleteWebhook: defineEndpoint({
    ...item,
    method: 'DELETE',
    summary: 'Remove a webhook with its deliveries',
    audit: 'webhook.delete',
    responses: { 204: null },
  }),
  pingWebhook: defineEndpoint({
    ...item,
    path: '/api/webhooks/{id}/ping',
    method: 'POST',
    summary: 'Send a `ping`',
    audit: 'webhook.ping',
    responses: { 202: Delivery },
  }),
  listDeliveries: defineEndpoint({
    ...item,
    path: '/api/webhooks/{id}/deliveries',
    method: 'GET',
    summary: 'What was sent and what became of it, newest first',
    audit: null,
    query: z.strictObject({
      ...pageQuery,
      status: z.enum(DELIVERY_STATUSES).optional(),
      event: z.enum(DELIVERY_EVENTS).optional(),
    }),
    responses: { 200: page(Delivery) },
  }),
  redeliver: defineEndpoint({
    ...item,
    path: '/api/webhooks/{id}/deliveries/{delivery_id}/redeliver',
    method: 'POST',
    summary: 'Send a delivery again, as a new one',
    audit: 'webhook.redeliver',
    params: z.strictObject({ id: reference, delivery_id: uuid }),
    responses: { 202: Delivery },
  }),
};
