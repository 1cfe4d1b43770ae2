#!/usr/bin/env node
/** `npx cairn …` in a checkout: the programs are TypeScript, which Node learns to read first. */
import { register } from 'tsx/esm/api';

register();
await import('../cli/main.ts');
