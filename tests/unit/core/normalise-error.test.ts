import { expect, it } from 'vitest';
import { normaliseError } from '../../../core/normalise-error.ts';

it.each([
  ['sw1', 'connect to 10.0.0.1:22 refused', 'connect to <address> refused'],
  ['sw1', 'sw1 closed the connection after 1234 bytes', '<device> closed the connection after <n> bytes'],
  [
    'core',
    'no answer for 30 s in the middle of "show run", after 512 bytes',
    'no answer for <n> s in the middle of "show run", after <n> bytes',
  ],
  ['r1', 'the host key is SHA256:abc+/=, pinned is SHA256:def', 'the host key is <key>, pinned is <key>'],
  ['r1', 'held by job 01a203b3-db43-7780-bc47-36298459a9b6 on host:77', 'held by job <id> on host:<n>'],
  ['r1', 'left alone until 2026-11-22T14:40:48Z', 'left alone until <time>'],
  ['r1', 'neighbour 00:11:22:33:44:55 at 2001:db8::1', 'neighbour <mac> at <address>'],
])('%s: %s', (device, error, expected) => {
  expect(normaliseError(device, error)).toBe(expected);
});

it('leaves what tells errors apart', () => {
  expect(normaliseError('sw1', 'the device refused user "admin"')).toBe('the device refused user "admin"');
  expect(normaliseError('a', 'a short name is no part of words')).toBe('a short name is no part of words');
});
