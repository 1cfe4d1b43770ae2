import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { inflate } from 'node:zlib';

const inflated = promisify<Buffer, Buffer>(inflate);

const blobHeader = (content: Buffer): string => `blob ${content.length}\0`;

/** The id of a text as a blob (gitformat: `blob <length>\0<content>`, SHA-1). */
export function blobId(content: Buffer): string {
  return createHash('sha1').update(blobHeader(content)).update(content).digest('hex');
}

/** The text in the file of a loose object; null where it is no blob. Fails where it is damaged. */
export async function textOfLoose(file: Buffer): Promise<Buffer | null> {
  const object = await inflated(file);
  const end = object.indexOf(0);
  const [type, length] = object.toString('latin1', 0, end).split(' ');
  if (type !== 'blob') return null;
  const content = object.subarray(end + 1);
  if (end === -1 || content.length !== Number(length)) throw new Error('its length is not what its header says');
  return content;
}
