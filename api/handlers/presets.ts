import { PARAMS } from '../../contracts/new-job.ts';
import type { presets } from '../../contracts/http/presets.ts';
import { changePreset, deletePreset, findPreset, insertPreset, listPresets, type PresetFields } from '../../stores/presets.ts';
import type { Scope } from '../../stores/scope.ts';
import { CURSORS, decodeCursor, pageOf } from '../cursor.ts';
import type { ApiDeps } from '../deps.ts';
import type { Handlers } from '../endpoint.ts';
import { notFound } from '../problems.ts';
import { parseParams } from '../wish.ts';

async function presetOf(deps: ApiDeps, scope: Scope, reference: string) {
  const preset = await findPreset(deps.database, scope, reference);
  if (preset === null) throw notFound('preset', reference);
  return preset;
}

async function change(deps: ApiDeps, scope: Scope, reference: string, fields: Partial<PresetFields>) {
  const { id } = await presetOf(deps, scope, reference);
  const preset = await changePreset(deps.database, id, fields);
  if (preset === null) throw notFound('preset', reference);
  return preset;
}

export const presetHandlers: Handlers<typeof presets> = {
  async listPresets({ deps, principal, query: { limit, cursor, type } }) {
    const rows = await listPresets(deps.database, principal, type, decodeCursor(CURSORS.name, cursor)?.[0] ?? null, limit + 1);
    return { status: 200, body: pageOf(rows, limit, (row) => [row.name]) };
  },
  async createPreset({ deps, body, principal, audit }) {
    const preset = await insertPreset(deps.database, principal, body);
    audit.detail = { id: preset.id, name: preset.name };
    return { status: 201, body: preset, headers: { Location: `/api/presets/${preset.id}` } };
  },
  async getPreset({ deps, principal, params }) {
    return { status: 200, body: await presetOf(deps, principal, params.id) };
  },
  async replacePreset({ deps, principal, params, body, audit }) {
    const preset = await change(deps, principal, params.id, body);
    audit.detail = { id: preset.id, name: preset.name };
    return { status: 200, body: preset };
  },
  async updatePreset({ deps, principal, params, body, audit }) {
    const { params: told, name, priority } = body;
    const { id, type } = await presetOf(deps, principal, params.id);
    const checked = told === undefined ? {} : { params: parseParams(PARAMS[type], told) };
    const preset = await change(deps, principal, id, {
      ...checked,
      ...(name === undefined ? {} : { name }),
      ...(priority === undefined ? {} : { priority }),
    });
    audit.detail = { id, name: preset.name, fields: Object.keys(body) };
    return { status: 200, body: preset };
  },
  async deletePreset({ deps, principal, params }) {
    if (!(await deletePreset(deps.database, principal, params.id))) throw notFound('preset', params.id);
    return { status: 204 };
  },
};
