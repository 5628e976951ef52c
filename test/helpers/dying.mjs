// rsent that writes down the steps of its plans, and is killed at one of them.
// Arguments: a file for the steps, the id of the step (- for none, or #7: the seventh that is done),
// begins or done, and rsent's own.
import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { load } from '../../bin/load.js';

const [file, at, moment, ...argv] = process.argv.slice(2);
const { main } = load(fileURLToPath(new URL('../../dist/cli/main.cjs', import.meta.url)));

let done = 0;
const isThere = (step, when) => {
  if (when === 'done') done += 1;
  return at.startsWith('#') ? `#${done}` === at : step.id === at && when === moment;
};
await main(argv, {
  onStep: (step, when) => {
    if (when === 'begins') appendFileSync(file, `${step.kind} ${step.id}\n`);
    if (isThere(step, when)) process.kill(process.pid, 'SIGKILL');
  },
});
