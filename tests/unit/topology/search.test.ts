import { describe, expect, it } from 'vitest';
import { contains, formatNetwork, parseAddress, parsePrefix } from '../../../topology/addresses.ts';
import { normaliseMac } from '../../../topology/mac.ts';
import { classifyQuery } from '../../../topology/search.ts';

describe('classifyQuery', () => {
  it.each([
    '00:1a:2b:3c:4d:5e',
    '00-1A-2B-3C-4D-5E',
    '001a.2b3c.4d5e',
    '001a2b3c4d5e',
    '001a2b-3c4d5e',
    '001A-2B3C-4D5E',
    '0:1a:2b:3c:4d:5e',
    '00 1a 2b 3c 4d 5e',
    '0x001a2b3c4d5e',
    '  001a.2b3c.4d5e\n',
  ])('takes %j for a MAC address', (text) => {
    expect(classifyQuery(text)).toEqual({ kind: 'mac', text: text.trim(), mac: '00:1a:2b:3c:4d:5e' });
  });

  it.each([
    ['10.1.0.9', 4, '10.1.0.9'],
    ['2001:DB8:0:0:0::5', 6, '2001:db8::5'],
    ['::ffff:192.0.2.1', 4, '192.0.2.1'],
    ['fe80::1%eth0', 6, 'fe80::1'],
  ])('takes %s for an address', (text, version, address) => {
    expect(classifyQuery(text)).toEqual({ kind: 'address', text, version, address });
  });

  it.each([
    ['10.1.0.9/30', '10.1.0.8/30', 30, 4],
    ['10.1.0.9 / 24', '10.1.0.0/24', 24, 4],
    ['10.1.0.9/255.255.255.0', '10.1.0.0/24', 24, 4],
    ['0.0.0.0/0', '0.0.0.0/0', 0, 4],
    ['2001:db8::5/64', '2001:db8::/64', 64, 6],
  ])('takes %s for a prefix', (text, prefix, length, version) => {
    expect(classifyQuery(text)).toEqual({ kind: 'prefix', text, prefix, length, version });
  });

  it.each([
    'sw1.example.com',
    'GigabitEthernet0/1',
    '10.1',
    '256.1.1.1',
    '010.1.1.1',
    '10.0.0.0/33',
    '10.0.0.0/255.0.255.0',
    'beef',
    '1:2:3',
    "'; DROP TABLE devices",
    '-',
    'cafe::babe::1',
  ])('takes %j for a name', (text) => expect(classifyQuery(text)).toEqual({ kind: 'name', text, name: text.toLowerCase() }));

  it.each(['', '   ', '\n'])('has nothing to look for in %j', (text) => expect(classifyQuery(text)).toBeNull());
});

describe('addresses', () => {
  it.each([
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['2001:db8:0:1:0:0:0:1', '2001:db8:0:1::1'],
    ['2001:0:0:1:0:0:1:1', '2001::1:0:0:1:1'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ])('writes %s as %s (RFC 5952)', (text, canonical) => expect(parseAddress(text)?.text).toBe(canonical));

  it.each([
    '1.2.3',
    '1.2.3.4.5',
    '1..2.3',
    '.1.2.3',
    '1.2.3.',
    '1.2.3.256',
    '01.2.3.4',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    ':::',
    '12345::',
    'g::',
    '1.2.3.4:5',
    '::1.2.3.400',
  ])('does not read %s', (text) => expect(parseAddress(text)).toBeNull());

  it('knows what a prefix contains', () => {
    const inside = (prefix: string, address: string) => {
      const [one, other] = [parsePrefix(prefix), parseAddress(address)];
      return one !== null && other !== null && contains(one, other);
    };
    expect(inside('10.1.0.1/30', '10.1.0.3')).toBe(true);
    expect(inside('10.1.0.1/30', '10.1.0.4')).toBe(false);
    expect(inside('0.0.0.0/0', '203.0.113.9')).toBe(true);
    expect(inside('2001:db8::/127', '2001:db8::1')).toBe(true);
    expect(inside('2001:db8::/127', '2001:db8::2')).toBe(false);
    expect(inside('0.0.0.0/0', '::1')).toBe(false);
    const bare = parsePrefix('10.1.2.3');
    expect(bare === null ? null : formatNetwork(bare)).toBe('10.1.2.3/32');
  });
});

it.each(['', '00:11:22:33:44', '00:11:22:33:44:5g', '0011.2233.44556', '00:11-22:33:44:55', 'xx0011223344', '1:2:3:4:5:6:7'])(
  'normaliseMac does not read %j',
  (text) => expect(normaliseMac(text)).toBeNull(),
);
