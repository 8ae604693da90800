// The shared cases, run against the core.
import { runCases } from './cases.mjs';
import { program } from './core.mjs';

runCases('web', program);
