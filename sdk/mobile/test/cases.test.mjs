// The shared cases, run through the whole SDK, with its queue on the real disk.
import { runCases } from '../../core/test/cases.mjs';
import { Phone, program } from './phone.mjs';

runCases('mobile', program, Phone);
