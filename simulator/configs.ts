import type { SimDevice } from './model.ts';
import { pick } from './random.ts';

/** Rules of a made-up access list: they give a configuration the length of a real one. */
export function accessList(device: SimDevice, head: string, line: (rule: string) => string): string[] {
  const rules = Array.from({ length: device.rules }, (_, k) => {
    const source = `10.${pick(250, device.index, k)}.${pick(250, device.index, k, 1)}.0 0.0.0.255`;
    return line(`permit tcp ${source} host 198.51.100.${k % 250} eq ${1024 + pick(60000, device.index, k, 2)}`);
  });
  return [head, ...rules];
}
