/** `npm run bench -- <name> [options]`: measurements made by hand; see docs/performance.md. */
const BENCHES = {
  'broken-fleet': '1,000 simulated devices backed up, a tenth broken in every way: outcomes and texts',
  codec: 'what encrypting payloads costs: a job whose batches do nothing, with and without, in turn',
  collection: 'configurations: Cairn beside nornir + netmiko, scrapli and the bare ssh2 client, in turn',
  discovery: 'Cairn beside nornir + netmiko, scrapli and Celery on the simulated fleet, in turn',
  lists: '50,000 jobs, and one over 100,000 devices: every page of the lists',
  scale: 'one job over 10,000 devices: time, memory, history, progress endpoint',
  'side-by-side': 'collections by two checkouts of Cairn in turn on one fleet: what a change brings',
  textfsm: 'the TextFSM engine beside Python’s',
  versions: '100,000 versions of configurations: history, difference, changes, search',
} as const;

const name = process.argv[2] ?? '';
if (!Object.hasOwn(BENCHES, name)) {
  const list = Object.entries(BENCHES).map(([bench, about]) => `  ${bench.padEnd(12)} ${about}\n`);
  process.stderr.write(`usage: npm run bench -- <name> [options]\n${list.join('')}`);
  process.exit(2);
}
process.argv.splice(2, 1);
await import(`./${name}.ts`);
