import type { Command } from '../command.ts';

export const recordCommands: Command[] = [
  {
    name: 'record',
    local: true,
    about:
      'log in to a device over SSH and write the session down, byte by byte, as FOLDER/<platform>-<time>.jsonl; secrets are taken ' +
      'out, the rest of it shows your network: read it before you pass it on',
    options: [
      { name: 'host', value: 'host', about: 'address or name' },
      { name: 'port', value: 'port', about: '22 unless told' },
      { name: 'platform', value: 'name', about: 'such as cisco_ios; auto finds it out' },
      { name: 'username', value: 'user', about: 'who logs in' },
      { name: 'password-env', value: 'variable', about: 'environment variable that holds the password' },
      { name: 'enable-env', value: 'variable', about: 'environment variable that holds the enable secret' },
      { name: 'command', value: 'text', about: 'ask this instead of what a discovery asks (several times)', many: true },
      { name: 'out', value: 'folder', about: 'where the file is written', completes: 'file' },
    ],
    // The only command that needs the code of devices, and the time to load it.
    run: async (context, given) => (await import('../record-session.ts')).record(context, given),
  },
];
