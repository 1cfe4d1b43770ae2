import type { Answer, Asked } from './source-server.ts';

/** One device as the REST API of NetBox 4 gives it, with what Cairn has no use for. */
export function netboxDevice(id: number, told: Record<string, unknown> = {}): Record<string, unknown> {
  const nested = (name: string, more: object = {}) => ({
    id: 1,
    url: `/api/x/1/`,
    display: name,
    name,
    slug: name.toLowerCase().replaceAll(' ', '-'),
    ...more,
  });
  return {
    id,
    url: `/api/dcim/devices/${id}/`,
    display: `sw-${id}`,
    name: `sw-${id}`,
    device_type: { ...nested('X'), manufacturer: nested('Maker'), model: 'X' },
    role: nested('Access Switch'),
    tenant: null,
    platform: nested('Cisco IOS'),
    serial: '',
    asset_tag: null,
    site: nested('Berlin'),
    status: { value: 'active', label: 'Active' },
    primary_ip: { id, address: `10.0.${id >> 8}.${id & 255}/24`, family: { value: 4, label: 'IPv4' } },
    primary_ip4: null,
    primary_ip6: null,
    tags: [nested('Core Net')],
    custom_fields: {},
    ...told,
  };
}

/** `GET …/devices/` over these, as NetBox pages: by limit (at most `most`) and offset, with count and next. */
export function netboxList(devices: unknown[], { url }: Asked, most = 1000): Answer {
  const limit = Math.min(Number(url.searchParams.get('limit') ?? 50), most);
  const offset = Number(url.searchParams.get('offset') ?? 0);
  const next =
    offset + limit < devices.length ? `http://inside:8000/api/dcim/devices/?limit=${limit}&offset=${offset + limit}` : null;
  return { json: { count: devices.length, next, previous: null, results: devices.slice(offset, offset + limit) } };
}
