/**
 * The SDK's own download of the Temporal dev server, as a program of its own so that a download that hangs can be ended:
 * `download-temporal.ts <folder>`. The SDK downloads a server only by starting one, so that is what happens here.
 * Exit code 0: the binary is in the folder. Else the last line of standard error says why not.
 */
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [downloadDir] = process.argv.slice(2);
if (downloadDir === undefined) throw new Error('usage: download-temporal <folder>');
try {
  // What is cached stays: by default the SDK downloads again after a day.
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', downloadDir, ttl: '3650 days' } },
  });
  await environment.teardown();
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message.replaceAll('\n', ' ') : String(error)}\n`);
  process.exit(1);
}
