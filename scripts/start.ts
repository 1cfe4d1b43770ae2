/** `npm start` */
import { runStart } from '../runtime/embedded/run-start.ts';

await runStart(process.env);
