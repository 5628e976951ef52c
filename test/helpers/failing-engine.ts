import { deadEngine, type MemoryEngine } from './memory-engine.js';

/** Fails from its nth change on (killed), or at that one alone. */
export function failAt(memory: MemoryEngine, nth: number, isKill: boolean): void {
  let count = 0;
  memory.onChange = (change) => {
    count++;
    if (count === nth || (isKill && count > nth)) throw new Error(`failed at ${change}`);
  };
}

/** The answer to its nth change never comes. */
export function loseAt(memory: MemoryEngine, nth: number): void {
  let count = 0;
  memory.losesAnswerOf = () => ++count === nth;
}

/** Nothing fails any more. */
export function heal(memory: MemoryEngine): void {
  memory.isDead = false;
  memory.onChange = () => {};
  memory.losesAnswerOf = () => false;
  memory.room = Number.POSITIVE_INFINITY;
}

/** The engine ends at its nth change, which it has made or not. */
export function dieAt(memory: MemoryEngine, nth: number, isMade: boolean): void {
  let count = 0;
  const isNow = () => ++count === nth;
  const die = () => {
    memory.isDead = true;
    throw deadEngine();
  };
  if (!isMade) memory.onChange = () => void (isNow() && die());
  else memory.losesAnswerOf = () => isNow() && die();
}
