import { DefaultFailureConverter } from '@temporalio/common';

/**
 * Puts message and stack of a failure into a payload, which the codec encrypts. Loaded by its path: by Node (`require`, which under
 * a test runner takes no types: keep this file plain JavaScript) and by the bundler of the workflows.
 */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
