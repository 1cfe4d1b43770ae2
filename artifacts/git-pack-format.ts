import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';
import type { BlobJob } from './object-writer.ts';

/** What the names of packs begin with that hold texts as they came, shown by a commit or not; Git's own go on with the id at once. */
export const PUT_PACK = 'pack-put-';

/** Fast: a configuration shrinks to a fifth also so, and repacking does better later. */
const LEVEL = 1;
const BLOB = 3;
const INDEX_MAGIC = 0xff744f63;

/**
 * Blobs as a pack of version 2 and its index of version 2 (gitformat-pack(5)), small enough for offsets of 31 bits.
 * @returns the SHA-1 of the pack in hexadecimal, which names it
 */
export function packOf(blobs: BlobJob[]): { checksum: string; pack: Buffer; index: Buffer } {
  const unique = [...new Map(blobs.map((blob) => [blob.id, blob])).values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const parts: Buffer[] = [numbers(0x5041434b, 2, unique.length)];
  const entries: { id: string; crc: number; offset: number }[] = [];
  let offset = 12;
  for (const { id, content } of unique) {
    const entry = Buffer.concat([header(content.length), deflateSync(content, { level: LEVEL })]);
    entries.push({ id, crc: crc32(entry), offset });
    parts.push(entry);
    offset += entry.length;
  }
  const body = Buffer.concat(parts);
  const checksum = sha1(body);
  return { checksum: checksum.toString('hex'), pack: Buffer.concat([body, checksum]), index: indexOf(entries, checksum) };
}

/** The ids in an index of version 2; null where it is none. */
export function idsIn(index: Buffer): string[] | null {
  if (index.length < 1032 || index.readUInt32BE(0) !== INDEX_MAGIC || index.readUInt32BE(4) !== 2) return null;
  const count = index.readUInt32BE(8 + 255 * 4);
  return Array.from({ length: count }, (_, at) => index.toString('hex', 1032 + at * 20, 1052 + at * 20));
}

function indexOf(entries: { id: string; crc: number; offset: number }[], checksum: Buffer): Buffer {
  const fanout = Array.from({ length: 256 }, () => 0);
  for (const { id } of entries) fanout[Number.parseInt(id.slice(0, 2), 16)]! += 1;
  for (let at = 1; at < 256; at += 1) fanout[at]! += fanout[at - 1]!;
  const body = Buffer.concat([
    numbers(INDEX_MAGIC, 2, ...fanout),
    Buffer.from(entries.map(({ id }) => id).join(''), 'hex'),
    numbers(...entries.map(({ crc }) => crc)),
    numbers(...entries.map(({ offset }) => offset)),
    checksum,
  ]);
  return Buffer.concat([body, sha1(body)]);
}

/** Type and inflated length: four bits of the length, then seven at a time, the lowest first. */
function header(length: number): Buffer {
  const bytes = [(BLOB << 4) | (length & 15)];
  for (let rest = Math.floor(length / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1]! |= 0x80;
    bytes.push(rest & 0x7f);
  }
  return Buffer.from(bytes);
}

function numbers(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) buffer.writeUInt32BE(value, at * 4);
  return buffer;
}

const sha1 = (content: Buffer): Buffer => createHash('sha1').update(content).digest();
