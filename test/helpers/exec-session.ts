import type { Engine, ExecSession } from '../../src/engine/engine.js';

/** redis-cli at work in a container, as far as a test plays it. */
class Session implements ExecSession {
  readonly typed: string[] = [];
  closed = false;
  #onOutput: (text: string) => void = () => {};
  #onEnd: () => void = () => {};

  write(text: string): void {
    this.typed.push(text);
  }
  onOutput(listener: (text: string) => void): void {
    this.#onOutput = listener;
  }
  onEnd(listener: () => void): void {
    this.#onEnd = listener;
  }
  close(): void {
    this.closed = true;
  }
  print(text: string): void {
    this.#onOutput(text);
  }
  end(): void {
    this.#onEnd();
  }
}

/** An engine whose sessions begin when the test says so, at once when it says nothing. */
export function engineOf(slow: Promise<void>[] = []) {
  const sessions: Session[] = [];
  const commands: (readonly string[])[] = [];
  const exec = async (_: string, command: readonly string[]) => {
    commands.push(command);
    const session = new Session();
    const begun = slow[sessions.push(session) - 1];
    await begun;
    return session;
  };
  return { sessions, commands, engine: { exec } as unknown as Engine };
}
