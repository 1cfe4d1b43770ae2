import { z } from 'zod';
import { defineEndpoint } from '../endpoint.ts';
import { idParams, page, pageQuery } from '../fields.ts';
import {
  BackfillBody,
  NewSchedule,
  NoteBody,
  PreviewBody,
  Schedule,
  SchedulePatch,
  SchedulePreview,
  TriggerBody,
} from '../schedule.ts';

const tag = 'Schedules';
const read = { method: 'GET', tag, role: 'viewer', audit: null } as const;
const item = { path: '/api/schedules/{id}', tag, params: idParams } as const;
const act = {
  method: 'POST',
  tag,
  role: 'operator',
  params: idParams,
  problems: ['not_found', 'conflict', 'temporal_unavailable'],
} as const;

export const schedules = {
  listSchedules: defineEndpoint({
    ...read,
    path: '/api/schedules',
    summary: 'List schedules by name, with their state, times and last jobs',
    query: z.strictObject(pageQuery),
    responses: { 200: page(Schedule) },
    problems: ['temporal_unavailable'],
  }),
  createSchedule: defineEndpoint({
    method: 'POST',
    path: '/api/schedules',
    summary: 'Add a schedule: a job of any type, and when it starts',
    description: 'The devices are chosen anew at each run. `params` is checked as POST /api/jobs checks it, the devices too.',
    tag,
    role: 'operator',
    audit: 'schedule.create',
    body: NewSchedule,
    example: {
      name: 'nightly',
      type: 'fleet.collect',
      params: { all: true },
      spec: { cron: ['0 3 * * 1-5'], time_zone: 'Europe/Berlin' },
    },
    responses: { 201: Schedule },
    problems: ['conflict', 'temporal_unavailable'],
  }),
  getSchedule: defineEndpoint({
    ...read,
    ...item,
    summary: 'Read a schedule, by id or name',
    responses: { 200: Schedule },
    problems: ['not_found', 'temporal_unavailable'],
  }),
  updateSchedule: defineEndpoint({
    ...item,
    method: 'PATCH',
    summary: 'Change what a schedule starts, when, or both; a run that is on its way stays as it is',
    role: 'operator',
    audit: 'schedule.update',
    body: SchedulePatch,
    responses: { 200: Schedule },
    problems: act.problems,
  }),
  deleteSchedule: defineEndpoint({
    ...item,
    method: 'DELETE',
    summary: 'Remove a schedule; its jobs stay, also one that runs',
    role: 'operator',
    audit: 'schedule.delete',
    responses: { 204: null },
    problems: ['not_found', 'temporal_unavailable'],
  }),
  pauseSchedule: defineEndpoint({
    ...act,
    path: '/api/schedules/{id}/pause',
    summary: 'Pause a schedule; a job that runs goes on',
    audit: 'schedule.pause',
    body: NoteBody.optional(),
    responses: { 200: Schedule },
  }),
  unpauseSchedule: defineEndpoint({
    ...act,
    path: '/api/schedules/{id}/unpause',
    summary: 'Let a paused schedule go on',
    audit: 'schedule.unpause',
    body: NoteBody.optional(),
    responses: { 200: Schedule },
  }),
  triggerSchedule: defineEndpoint({
    ...act,
    path: '/api/schedules/{id}/trigger',
    summary: 'Start a run now, also of a paused schedule',
    description:
      'What happens with a job that still runs is for `overlap` to say, or for the schedule. Answers after a second, which is what Temporal needs between two runs.',
    audit: 'schedule.trigger',
    starts: true,
    body: TriggerBody.optional(),
    responses: { 202: Schedule },
  }),
  backfillSchedule: defineEndpoint({
    ...act,
    path: '/api/schedules/{id}/backfill',
    summary: 'Start the runs that were due in a time that is over, one after the other unless `overlap` says else',
    description: 'At most 100 runs. Runs see the devices as they are now.',
    audit: 'schedule.backfill',
    body: BackfillBody,
    example: { start: '2026-11-01T00:00:00Z', end: '2026-11-01T06:00:00Z' },
    responses: { 202: Schedule },
  }),
  previewSchedule: defineEndpoint({
    method: 'POST',
    path: '/api/schedules/preview',
    summary: 'List the next times of a schedule that is not stored',
    description:
      'Times are those of Temporal, without jitter. `notes` tell what the change of the clocks does to them in the next 12 months.',
    tag,
    role: 'viewer',
    audit: 'schedule.preview',
    body: PreviewBody,
    example: { spec: { cron: ['0 3 * * 1-5'], time_zone: 'Europe/Berlin' }, count: 5 },
    responses: { 200: SchedulePreview },
    problems: ['temporal_unavailable'],
  }),
};
