import { argv } from 'node:process';
import { raiseNautobot } from './nautobot.ts';

/**
 * Migrates the database of the Nautobot in a folder, once (minutes), so that the tests can raise it in seconds:
 * `npx tsx tests/inventory/support/prepare-nautobot.ts <folder of the virtual environment>`.
 */
const dir = argv[2];
if (dir === undefined) throw new Error('name the folder of the virtual environment');
const nautobot = await raiseNautobot(dir);
process.stdout.write(`${JSON.stringify({ ready: nautobot.url })}\n`);
await nautobot.stop();
