import { z } from 'zod';
import { DELIVERY_EVENTS, DELIVERY_STATUSES, FAILURE_THRESHOLD, WEBHOOK_EVENTS } from '../core/events.ts';
import { id, line, name, timestamp } from './fields.ts';

const CONTROL_OR_BLANK = /[\u0000-\u0020\u007f]/;
const SECRET_LENGTH = 16;

function isTarget(text: string): boolean {
  if (CONTROL_OR_BLANK.test(text) || !URL.canParse(text)) return false;
  return ['http:', 'https:'].includes(new URL(text).protocol);
}

function hasUser(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && (url.username !== '' || url.password !== '');
}

const fields = {
  name,
  url: line(2000)
    .refine((text) => !hasUser(text), 'must not hold a user or a password: the receiver checks the signature')
    .refine(isTarget, 'must be an http:// or https:// address')
    .describe('Where events are sent by POST'),
  events: z
    .array(z.enum(WEBHOOK_EVENTS))
    .min(1)
    .max(100)
    .transform((events) => [...new Set(events)])
    .describe('Which events it is told of'),
  secret: z
    .string()
    .min(SECRET_LENGTH)
    .max(1000)
    .refine((text) => text.isWellFormed(), 'must be well-formed Unicode')
    .describe('Write-only: the key of the HMAC-SHA256 in `X-Cairn-Signature`'),
  enabled: z.boolean().describe('While false nothing new is told, and what is pending waits'),
  failure_threshold: z.int().min(1).max(1000).describe('`device.failing` is told at this many failures in a row'),
};

export const WebhookInput = z
  .strictObject({
    ...fields,
    secret: fields.secret.optional(),
    enabled: fields.enabled.default(true),
    failure_threshold: fields.failure_threshold.default(FAILURE_THRESHOLD),
  })
  .meta({ id: 'WebhookInput' });

export const WebhookPatch = z.strictObject(fields).partial().meta({ id: 'WebhookPatch' });

export const Webhook = z
  .object({
    id,
    name: z.string(),
    url: z.string(),
    events: z.array(z.enum(WEBHOOK_EVENTS)),
    enabled: z.boolean(),
    failure_threshold: z.int(),
    created_by: z.string(),
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'Webhook' });

export const NewWebhook = z
  .object({
    ...Webhook.shape,
    secret: z
      .string()
      .nullable()
      .describe('The secret that was made for it, shown here and never again; null where you gave one'),
  })
  .meta({ id: 'NewWebhook' });

export const Delivery = z
  .object({
    id: id.describe('As in `X-Cairn-Delivery`'),
    event: z.enum(DELIVERY_EVENTS),
    status: z.enum(DELIVERY_STATUSES),
    attempts: z.int(),
    response_status: z.int().nullable().describe('Of the last answer; null where none came'),
    error: z.string().nullable().describe('Why the last attempt did not succeed'),
    payload: z.record(z.string(), z.unknown()).describe('The `data` of the body'),
    created_at: timestamp,
    next_attempt_at: timestamp.nullable().describe('Null unless pending'),
    delivered_at: timestamp.nullable(),
    redelivery_of: id.nullable(),
  })
  .meta({ id: 'WebhookDelivery' });
