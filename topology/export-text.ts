import type { GraphEnd, GraphLink } from './model.ts';

/**
 * The text without what no XML document, DOT file or page may hold: control characters other than tab and line ends, halves of surrogate
 * pairs, the two non-characters (XML 1.0, section 2.2). Each becomes U+FFFD.
 */
export function printable(text: string): string {
  // With the u flag a surrogate class matches only one that stands alone.
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]|[\ud800-\udfff]/gu, '�');
}

export function evidenceKinds(link: GraphLink): string {
  return [...new Set(link.evidence.map((evidence) => evidence.kind))].join(',');
}

export function portName(end: GraphEnd): string {
  return end.interface ?? '?';
}
