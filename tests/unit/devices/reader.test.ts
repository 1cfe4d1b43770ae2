import { array, assert as assertProperty, constantFrom, oneof, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { Reader } from '../../../devices/reader.ts';
import { render } from '../../../devices/terminal.ts';

function reading(chunks: Buffer[]): Reader {
  const reader = new Reader(1_000_000);
  for (const chunk of chunks) reader.push(chunk);
  return reader;
}

test('lines are the text with plain line ends, wherever packets end, and show the same', () => {
  const pieces = oneof(
    constantFrom('\r', '\n', '\r\n', '\r\r\n', '\x1bE', '\x1b[K', '\b', 'é', '\xff', ' '),
    string({ maxLength: 3 }),
  );
  assertProperty(
    property(
      array(
        array(pieces, { maxLength: 6 }).map((parts) => parts.join('')),
        { maxLength: 5 },
      ),
      (packets) => {
        const chunks = packets.map((packet) => Buffer.from(packet));
        expect(reading(chunks).lines()).toBe(reading(chunks).text().replaceAll('\r\n', '\n'));
        expect(render(reading(chunks).lines())).toBe(render(reading(chunks).text()));
      },
    ),
    { numRuns: 2_000 },
  );
});

test('what was read stays as it came', () => {
  const chunk = Buffer.from('a\r\nb\r\n');
  const reader = reading([chunk]);
  expect([reader.lines(), reader.lines(), reader.text()]).toEqual(['a\nb\n', 'a\nb\n', 'a\r\nb\r\n']);
  expect(chunk.toString()).toBe('a\r\nb\r\n');
});
