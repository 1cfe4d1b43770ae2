/** What differs between devices though the error is the same, in this order. */
const PARTS: [RegExp, string][] = [
  [/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, '<id>'],
  [/\bSHA256:[\w+/=]+/g, '<key>'],
  [/\b\d{4}-\d\d-\d\dT[\d:.]+Z?/g, '<time>'],
  [/\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b|\b(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}\b/gi, '<mac>'],
  [/(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?(?![\w.])/g, '<address>'],
  [/(?<![\w:])(?:[0-9a-f]{1,4}:){2,7}[0-9a-f:]*[0-9a-f](?![\w:])/gi, '<address>'],
  [/\b\d+(?:\.\d+)?\b/g, '<n>'],
];

/** An error without what belongs to one device or one moment: errors that come out the same are one problem. */
export function normaliseError(deviceName: string, error: string): string {
  const plain = deviceName.length < 2 ? error : error.replaceAll(deviceName, '<device>');
  return PARTS.reduce((text, [part, stands]) => text.replace(part, stands), plain)
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 500);
}
