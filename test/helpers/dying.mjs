// rsent that writes down the steps of its plans, and is killed at one of them.
// Arguments: a file for the steps, the id of the step (- for none, or #7: the seventh that is done),
// begins or done, and rsent's own.
import { appendFileSync } from 'node:fs';

const [file, at, moment, ...argv] = process.argv.slice(2);
const { parse } = await import('../../dist/cli/parse.js');

let done = 0;
const isThere = (step, when) => {
  if (when === 'done') done += 1;
  return at.startsWith('#') ? `#${done}` === at : step.id === at && when === moment;
};
const session = {
  signal: new AbortController().signal,
  exitCode: 0,
  onlyLooking: false,
  endings: [],
  onStep: (step, when) => {
    if (when === 'begins') appendFileSync(file, `${step.kind} ${step.id}\n`);
    if (isThere(step, when)) process.kill(process.pid, 'SIGKILL');
  },
};
await parse(argv, session, 'test');
for (const end of session.endings) await end();
process.exitCode = session.exitCode;
