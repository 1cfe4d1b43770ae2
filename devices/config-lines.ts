import type { ConfigSource } from './platform.ts';

/** Whether a line tells nothing about the configuration: blank, a comment of any platform's, or what changes by itself. */
export function isRemark(config: ConfigSource, line: string): boolean {
  const text = line.trim();
  return text === '' || /^(?:[!#;:]|\/\*|\*\/)/.test(text) || matches(config.volatile, line);
}

/** As `RegExp.test`, also for rules that carry the flag `g`. */
export function matches(patterns: readonly RegExp[], line: string): boolean {
  return patterns.some((pattern) => {
    pattern.lastIndex = 0;
    return pattern.test(line);
  });
}
