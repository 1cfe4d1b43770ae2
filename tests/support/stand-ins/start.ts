/** `npm start` with the stand-ins for its programs, or with those named as `<name>=<source>`. */
import { runStart } from '../../../runtime/embedded/run-start.ts';

const named = process.argv.slice(2).map((argument) => {
  const [name = '', source = ''] = argument.split('=');
  return { name, source };
});
const programs = [
  { name: 'api', source: 'tests/support/stand-ins/api.ts' },
  { name: 'worker', source: 'tests/support/stand-ins/worker.ts' },
];
await runStart(process.env, named.length > 0 ? named : programs);
