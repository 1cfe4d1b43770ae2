import { writeFileSync } from 'node:fs';

/** Writes how many errors happened outside of any test to the file `ERRORS_REPORT`: the JSON report of vitest does not tell them. */
export default class ErrorsReporter {
  onTestRunEnd(_files, errors) {
    writeFileSync(process.env.ERRORS_REPORT, String(errors.length));
  }
}
