import { z } from 'zod';
import { JOB_TYPES } from '../../core/jobs.ts';
import { defineEndpoint } from '../endpoint.ts';
import { idParams, page, pageQuery } from '../fields.ts';
import { Preset, PresetInput, PresetPatch } from '../preset.ts';

const tag = 'Presets';
const item = { path: '/api/presets/{id}', tag, params: idParams, problems: ['not_found', 'conflict'] } as const;

export const presets = {
  listPresets: defineEndpoint({
    method: 'GET',
    path: '/api/presets',
    summary: 'List presets by name',
    tag,
    role: 'viewer',
    audit: null,
    query: z.strictObject({ ...pageQuery, type: z.enum(JOB_TYPES).optional() }),
    responses: { 200: page(Preset) },
  }),
  createPreset: defineEndpoint({
    method: 'POST',
    path: '/api/presets',
    summary: 'Keep parameters of a job type under a name',
    tag,
    role: 'operator',
    audit: 'preset.create',
    body: PresetInput,
    responses: { 201: Preset },
    problems: ['conflict'],
  }),
  getPreset: defineEndpoint({
    ...item,
    method: 'GET',
    summary: 'Read a preset, by id or name',
    role: 'viewer',
    audit: null,
    responses: { 200: Preset },
  }),
  replacePreset: defineEndpoint({
    ...item,
    method: 'PUT',
    summary: 'Replace a preset',
    role: 'operator',
    audit: 'preset.update',
    body: PresetInput,
    responses: { 200: Preset },
  }),
  updatePreset: defineEndpoint({
    ...item,
    method: 'PATCH',
    summary: 'Change the name, the priority or the params (all of them) of a preset',
    role: 'operator',
    audit: 'preset.update',
    body: PresetPatch,
    responses: { 200: Preset },
  }),
  deletePreset: defineEndpoint({
    ...item,
    method: 'DELETE',
    summary: 'Remove a preset; what was started with it stays',
    role: 'operator',
    audit: 'preset.delete',
    responses: { 204: null },
  }),
};
