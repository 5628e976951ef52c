import { setFlagsFromString } from 'node:v8';

/** From so many nodes on their replies fill more memory than the program itself. */
const MANY_NODES = 20;

/**
 * Have V8 collect what was read early: a run is too short for it to begin by itself before a hundred
 * nodes' replies fill 50 MB. Takes a little time, so only where there are many.
 * @param nodes that are asked at once
 */
export function spareMemory(nodes: number): void {
  if (nodes > MANY_NODES) setFlagsFromString('--optimize-for-size');
}
