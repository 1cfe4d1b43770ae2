/** A program that cannot start. */
import { createLogger } from '../../../runtime/log.ts';

createLogger({ level: 'info', name: 'worker' }).error({ err: new Error('the stone is too heavy') }, 'cannot start');
process.exitCode = 3;
