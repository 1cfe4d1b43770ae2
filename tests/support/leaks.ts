import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Looks for secrets in whatever may give them away, as they are or encoded. */
export interface LeakHunt {
  /** Secrets by name; more may be added at any time. */
  secrets: Record<string, string>;
  /** Names of the secrets that stand in a text or in bytes: as they are, as in a URL, hexadecimal, base64. */
  in(found: string | Uint8Array): string[];
  /** The same for every file below a folder and for its name; `bytes` is how much was read. */
  below(folder: string): Promise<{ leaks: string[]; files: number; bytes: number }>;
}

export function createLeakHunt(secrets: Record<string, string>): LeakHunt {
  const forms = (value: string): string[] => {
    const bytes = Buffer.from(value);
    return [...new Set([value, encodeURIComponent(value), bytes.toString('hex'), bytes.toString('base64').slice(0, -4)])];
  };
  const hunt: LeakHunt = {
    secrets,
    in: (found) => {
      const bytes =
        typeof found === 'string' ? Buffer.from(found) : Buffer.from(found.buffer, found.byteOffset, found.byteLength);
      return Object.entries(secrets).flatMap(([name, value]) =>
        forms(value).some((form) => bytes.includes(form)) ? [name] : [],
      );
    },
    async below(folder) {
      const result = { leaks: [] as string[], files: 0, bytes: 0 };
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name);
        for (const name of hunt.in(entry.name)) result.leaks.push(`${name} in the name of ${path}`);
        if (!entry.isFile()) continue;
        const content = readFileSync(path);
        result.files += 1;
        result.bytes += content.length;
        for (const name of hunt.in(content)) result.leaks.push(`${name} in ${path}`);
      }
      return result;
    },
  };
  return hunt;
}
