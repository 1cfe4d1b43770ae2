import type { Facts } from './model.ts';

/** Rendered outputs, by the state they were rendered from: a change of the network makes new facts and so new texts. */
export interface TextCache {
  get: (facts: Facts, name: string, render: () => string) => string;
}

/** Keeps about `maxBytes` of text over all devices; the oldest go first. */
export function createTextCache(maxBytes: number): TextCache {
  const devices = new Map<Facts, Map<string, string>>();
  let bytes = 0;
  return {
    get: (facts, name, render) => {
      let texts = devices.get(facts);
      if (!texts) devices.set(facts, (texts = new Map()));
      const known = texts.get(name);
      if (known !== undefined) return known;
      const text = render();
      texts.set(name, text);
      bytes += text.length;
      for (const [oldest, dropped] of devices) {
        if (bytes <= maxBytes || oldest === facts) break;
        for (const gone of dropped.values()) bytes -= gone.length;
        devices.delete(oldest);
      }
      return text;
    },
  };
}
