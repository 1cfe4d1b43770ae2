import { expect, test } from 'vitest';
import { sessionOn, testPlatform } from './support/sessions.ts';
import { commandLine } from './support/tiny-device.ts';
import type { Io } from './support/tiny-device.ts';
import { useDevices } from './support/use-devices.ts';

const start = useDevices();

const LINES = Array.from({ length: 60 }, (_, i) => `${' '.repeat(i % 7)}line ${i + 1} of the output`);
const TEXT = `${LINES.join('\n')}\n`;

/** Sends `LINES` 20 at a time; after each page the pager, and once a key was pressed what wipes it off the screen. */
const paged =
  (pager: string, wipe: string) =>
  async (io: Io): Promise<void> => {
    for (let i = 0; i < LINES.length; i += 20) {
      io.send(LINES.slice(i, i + 20).join('\r\n') + '\r\n');
      if (i + 20 >= LINES.length) return;
      io.send(pager);
      expect(await io.key()).toBe(' ');
      io.send(wipe);
    }
  };

test.each([
  ['Cisco IOS', ' --More-- ', '\b\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b\b'],
  ['Cisco IOS, one blank more', ' --More-- ', '\b\b\b\b\b\b\b\b\b         \b\b\b\b\b\b\b\b\b'],
  ['Cisco NX-OS', '--More--', '\r        \r'],
  ['Cisco ASA', '<--- More --->', '\r              \r'],
  ['Arista EOS', ' --More-- ', '\r\x1b[K'],
  ['Juniper Junos', '---(more 42%)---', '\r                                        \r'],
  ['Huawei VRP', '  ---- More ----', '\x1b[16D                \x1b[16D'],
  ['HPE ProCurve', '-- MORE --, next page: Space, next line: Enter, quit: Control-C', `\r${' '.repeat(64)}\r\x1b[?6l\x1b[1;24r`],
  ['Fortinet', '--More-- ', '\r         \r'],
  ['Palo Alto', 'lines 1-20 ', '\r\x1b[K'],
  ['press any key', 'Press any key to continue (Q to quit)', '\r\x1b[2K'],
])('the pager of %s is answered and leaves no trace', async (_name, pager, wipe) => {
  const device = await start({ shell: commandLine('r1#', { show: paged(pager, wipe) }) });
  const session = await sessionOn(device);
  expect((await session.run('show')).text).toBe(TEXT);
  expect((await session.run('show')).text).toBe(TEXT);
});

test('a banner with lines that look like prompts, sent bit by bit, is not taken for the prompt', async () => {
  const device = await start({
    shell: async (io) => {
      for (const line of ['r1#', 'router>', 'admin@host>', 'welcome#']) {
        io.send(`\r\n${line}`);
        await io.pause();
      }
      io.send('\r\nauthorised users only\r\n');
      return commandLine('core-1#', { 'show x': 'xyz\r\n' })(io);
    },
  });
  const session = await sessionOn(device);
  expect((await session.run('show x')).text).toBe('xyz\n');
});

test('lines of an output that look like prompts do not end it, not even at the end of a chunk', async () => {
  const device = await start({
    shell: commandLine('r1#', {
      show: async (io) => {
        for (const line of ['r2#', 'r1>', 'r1(config)#', ' r1#', 'x r1#', '--- r1# ---']) {
          io.send(`${line}\r\n`);
          await io.pause(10);
          io.send(line);
          await io.pause(10);
          io.send('\r\n');
        }
      },
    }),
  });
  const session = await sessionOn(device);
  expect((await session.run('show')).text.split('\n')).toHaveLength(13);
});

test('a line that is the prompt to the letter, at the end of a chunk, is put right by the next command', async () => {
  const device = await start({
    shell: commandLine('r1#', {
      show: async (io) => {
        io.send('first\r\nr1#');
        await io.pause(60);
        io.send('\r\nlast\r\n');
      },
      next: 'other\r\n',
    }),
  });
  const session = await sessionOn(device);
  const first = await session.run('show');
  const second = await session.run('next');
  expect(first.text).toContain('first\n');
  expect(first.text).toContain('last\n');
  expect(second.text).toBe('other\n');
});

test('a prompt glued to an unfinished last line is found after a moment', async () => {
  const device = await start({ shell: commandLine('r1#', { show: 'no newline here', next: 'other\r\n', '': '' }) });
  const session = await sessionOn(device);
  expect((await session.run('show')).text.trim()).toBe('no newline here');
  expect((await session.run('next')).text).toBe('other\n');
});

test('a log line behind the prompt neither hides it nor stays in the output', async () => {
  const log = '*Mar  1 00:12:09.123: %LINK-3-UPDOWN: Interface Gi0/1, changed state to up';
  const device = await start({
    shell: commandLine('r1#', {
      show: 'output\r\n',
      late: (io) => {
        io.send(`late\r\nr1#\r\n${log}\r\n`);
        // No prompt of its own until a key is pressed.
        return io.line().then(() => io.send('\r\n'));
      },
      noisy: `r1#\r\n${log}\r\n`,
    }),
  });
  const session = await sessionOn(device);
  expect((await session.run('late')).text).toBe('late\n');
  expect((await session.run('show')).text).toBe('output\n');
  expect((await session.run('noisy')).text.trim()).toBe('');
});

test.each([
  ['plain', (command: string) => `${command}\r\n`],
  ['wrapped with carriage returns', (command: string) => `${command.slice(0, 20)} \r${command.slice(20)}\r\n`],
  ['wrapped into lines', (command: string) => `${command.slice(0, 20)}\r\n${command.slice(20)}\r\n`],
  ['redrawn', (command: string) => `\r\x1b[Kr1#${command}\r\n`],
  [
    'redrawn at each key',
    (command: string) => `${Array.from(command, (_, i) => `\r\x1b[Kr1#${command.slice(0, i + 1)}`).join('')}\r\n`,
  ],
  ['coloured', (command: string) => `\x1b[1;32m${command}\x1b[m\r\n`],
  ['with backspaces', (command: string) => `${command}x\b \b\r\n`],
])('the echo is removed: %s', async (_name, echo) => {
  const command = 'show something with many words in it';
  const device = await start({
    shell: async (io) => {
      io.send('\r\nr1#');
      for (;;) {
        const line = await io.line();
        io.send(line === command ? `${echo(line)}answer\r\n second line\r\nr1#` : `${line}\r\nr1#`);
      }
    },
  });
  const session = await sessionOn(device);
  expect((await session.run(command)).text).toBe('answer\n second line\n');
});

test('text split within a character arrives whole; text that is not UTF-8 is read as ISO 8859-1', async () => {
  const utf8 = Buffer.from('Büro — 東京 🙂\r\n');
  const device = await start({
    shell: commandLine('r1#', {
      utf8: async (io) => {
        for (const byte of utf8) {
          io.send(Buffer.from([byte]));
          await io.pause(2);
        }
      },
      latin1: (io) => io.send(Buffer.from('B\xfcro\r\n', 'latin1')),
    }),
  });
  const session = await sessionOn(device);
  expect((await session.run('utf8')).text).toBe('Büro — 東京 🙂\n');
  expect((await session.run('latin1')).text).toBe('Büro\n');
});

test('a prompt with colours, a state in brackets that changes, and blanks behind it', async () => {
  let state = 'active';
  const device = await start({
    shell: async (io) => {
      const prompt = (): string => `\x1b[?25h\x1b[1madmin@fw(${state})>\x1b[0m \x1b[K`;
      io.send(`\r\n${prompt()}`);
      for (;;) {
        const line = await io.line();
        if (line === 'show') state = 'passive';
        io.send(`${line}\r\n${line === 'show' ? 'one\r\n' : ''}${prompt()}`);
      }
    },
  });
  const platform = testPlatform({ prompt: { any: /^[\w@-]+\(\w+\)>$/ } });
  const session = await sessionOn(device, { platform });
  expect((await session.run('show')).text).toBe('one\n');
});

test('lines above the prompt that belong to it are not output', async () => {
  const device = await start({ shell: commandLine('{master:0}\r\nadmin@sw> ', { show: '{"a": 1}\r\n\r\n' }) });
  const platform = testPlatform({ prompt: { any: /^\w+@\w+>$/, above: /\n?\{master:0\}\s*$/ } });
  const session = await sessionOn(device, { platform });
  expect(JSON.parse((await session.run('show')).text)).toEqual({ a: 1 });
});

test('more than the limit is cut and said; the session goes on', async () => {
  const device = await start({ shell: commandLine('r1#', { big: `${'x'.repeat(78)}\r\n`.repeat(5_000), small: 'ok\r\n' }) });
  const session = await sessionOn(device, { limits: { outputBytes: 100_000 } });
  const big = await session.run('big');
  expect(big.truncated).toBe(true);
  expect(big.bytes).toBeGreaterThan(399_000);
  expect(big.text.length).toBeLessThan(200_000);
  expect(await session.run('small')).toMatchObject({ text: 'ok\n', truncated: false });
});

test('silence in the middle of a command ends it, with the command and what came', async () => {
  const device = await start({
    shell: commandLine('r1#', {
      show: (io) =>
        io
          .pause(0)
          .then(() => io.send('half a li'))
          .then(() => new Promise(() => undefined)),
    }),
  });
  const session = await sessionOn(device, { limits: { commandMs: 700 } });
  await expect(session.run('show')).rejects.toMatchObject({
    outcome: 'timeout',
    retryable: false,
    message: 'no answer for 0.7 s in the middle of "show", after 15 bytes',
  });
});

test('a command that never stops sending is ended too', async () => {
  const device = await start({
    shell: commandLine('r1#', {
      show: async (io) => {
        while (io.channel.writable) {
          io.send('.');
          await io.pause(50);
        }
      },
    }),
  });
  const session = await sessionOn(device, { limits: { commandMs: 300 } });
  await expect(session.run('show')).rejects.toMatchObject({
    outcome: 'timeout',
    message: expect.stringContaining('not finished after 1.2 s'),
  });
});

test('a connection that closes in the middle of an output is truncated, with the command and what came', async () => {
  const device = await start({
    shell: commandLine('r1#', {
      show: async (io) => {
        io.send('half');
        await io.pause();
        io.connection.end();
      },
    }),
  });
  const session = await sessionOn(device);
  await expect(session.run('show')).rejects.toMatchObject({
    outcome: 'truncated',
    message: expect.stringMatching(/^the device closed the (?:connection|session) in the middle of "show", after 10 bytes$/),
  });
});

// The device is in this process: on a busy machine its second packet may come later than a session waits for it.
test('a line of the last output that reads like the prompt where a packet ends does not cut it', { retry: 5 }, async () => {
  const device = await start({
    shell: commandLine('r1#', {
      show: async (io) => {
        io.send('first\r\nr1#');
        await io.pause(5);
        io.send('\r\nlast\r\n');
      },
    }),
  });
  const session = await sessionOn(device);
  const answer = await session.run('show');
  await session.settle?.();
  expect(answer.text).toBe('first\nr1#\nlast\n');
});
