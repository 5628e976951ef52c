// Loaded into rsent (node --import): when it ends, writes its greatest resident memory, KiB.
// Not resourceUsage().maxRSS where /proc is: Linux counts there what the parent had when it forked.
import { readFileSync, writeFileSync } from 'node:fs';

const file = process.env.RSENT_BENCH_PEAK;

function peak() {
  try {
    const [, own] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (own !== undefined) return own;
  } catch {}
  return String(process.resourceUsage().maxRSS);
}

process.on('exit', () => {
  if (file !== undefined) writeFileSync(file, peak());
});
