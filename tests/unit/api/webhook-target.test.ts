import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { isPublicAddress, literalRefusal, publicLookup } from '../../../api/webhooks/target.ts';

describe('isPublicAddress', () => {
  it.each([
    '8.8.8.8',
    '100.63.255.255',
    '172.15.0.1',
    '172.32.0.1',
    '192.167.255.255',
    '223.255.255.255',
    '2606:4700:4700::1111',
    '64:ff9b::808:808',
    '::ffff:8.8.8.8',
    '2002:808:808::1',
  ])('%s is', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    '0.0.0.0',
    '10.255.255.255',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.19.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:a00:1',
    'fc00::1',
    'fdff::1',
    'fe80::1%eth0',
    'febf::1',
    'fec0::1',
    'ff02::1',
    '64:ff9b::7f00:1',
    '64:ff9b::a9fe:a9fe',
    '2002:7f00:1::',
    '2002:c0a8:101::1',
    '2001:0:1::1',
    'localhost',
    '',
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('literalRefusal', () => {
  it.each([
    'http://127.1/',
    'http://0177.0.0.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://localhost/',
    'http://a.LOCALHOST./',
    'http://127.0.0.1./',
    'http://[::]/',
    'http://[::ffff:7f00:1]/',
    'http://①②⑦.0.0.1/',
  ])('refuses %s', (url) => {
    expect(literalRefusal(new URL(url))).toContain('CAIRN_WEBHOOK_ALLOW_PRIVATE');
  });
  it.each([
    'https://hooks.example.net/',
    'http://8.8.8.8/',
    'http://[2606:4700::1]/',
    'https://localhost.example.net/',
    'https://10.example.net/',
  ])('leaves %s to its name', (url) => {
    expect(literalRefusal(new URL(url))).toBeNull();
  });
});

describe('publicLookup', () => {
  it('keeps a socket from a name that leads to this host, where without it there is one to connect to', async () => {
    const server = createServer((socket) => socket.end());
    server.listen(0, 'localhost');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const plain = connect({ host: 'localhost', port });
    await once(plain, 'connect');
    plain.destroy();
    for (const autoSelectFamily of [true, false]) {
      const socket = connect({ host: 'localhost', port, lookup: publicLookup, autoSelectFamily });
      const [error] = await once(socket, 'error').catch((reason: unknown) => [reason]);
      expect(String(error)).toContain('the name leads to a private');
    }
    server.close();
  });

  it('passes on that a name does not resolve', async () => {
    const error = await new Promise((resolve) => {
      publicLookup('no-such-name.invalid', { all: true }, (failure) => resolve(failure));
    });
    expect(error).toMatchObject({ code: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/) });
  });
});
