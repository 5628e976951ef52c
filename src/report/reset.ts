import { seconds } from './text.js';

/** The document that `reset --json` prints. @param elapsedMs the time that it took */
export function resetJson(topology: string, elapsedMs: number): object {
  return { schemaVersion: 1, topology, healthy: true, elapsedMs };
}

/** What `reset` says in the end. @param elapsedMs the time that it took */
export function resetText(topology: string, elapsedMs: number): string {
  return `${topology} is empty and healthy after ${seconds(elapsedMs)}. Its first data node is the master.`;
}
