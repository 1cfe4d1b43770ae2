import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { workflowModules } from '../../runtime/workflow-bundle.ts';

describe('the workflow bundle', () => {
  it('holds exactly the packages that workflows need: no zod, nothing of node', async () => {
    const { code } = await bundleWorkflowCode({ ...(await workflowModules()), logger: new DefaultLogger('ERROR') });
    // Module ids of webpack's development output are the paths of the files.
    const packages = [...code.matchAll(/["'](?:\.\/|\.\.\/)*node_modules\/((?:@[\w.-]+\/)?[\w.-]+)\//g)].map(
      (match) => match[1]!,
    );
    expect([...new Set(packages)].sort()).toEqual(['@temporalio/common', '@temporalio/workflow', 'long', 'ms', 'nexus-rpc']);
    expect(code).not.toContain('node_modules/zod');
    expect(code).not.toContain('node_modules/@opentelemetry');
    expect(code).toContain('trace-interceptors.ts');
    expect(code.length).toBeLessThan(2_000_000);
  });
});
