import { expect, test } from 'vitest';
import { compareEngines, templateNames } from './support/compare.ts';
import { NEEDS_PYTHON, python, reference, templatesDir } from './support/reference.ts';

const name = 'both engines give the same on every second template of ntc-templates, from number 0 on';

test.skipIf(!python)(python ? name : `${name} (${NEEDS_PYTHON})`, { timeout: 300_000 }, async () => {
  const dir = await templatesDir();
  const running = await reference();
  const names = templateNames(dir).filter((_, at) => at % 2 === 0);
  const found = await compareEngines(dir, names, { perTemplate: 11, seed: 1, reference: running });
  await running.stop();
  expect(found.differences.slice(0, 5)).toEqual([]);
  expect(found.templates).toBeGreaterThan(490);
  expect(found.texts).toBeGreaterThan(5390);
  // That the texts get somewhere: rows come, and few texts are given up.
  expect(found.rows).toBeGreaterThan(5000);
  expect(found.rejected).toBeGreaterThan(50);
  expect(found.timeouts).toBeLessThan(50);
});
