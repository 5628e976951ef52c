import type { Progress } from '../flow/context.js';
import { harmless, seconds } from '../report/text.js';
import { output } from './output.js';

/** Live stages on a terminal, plain lines elsewhere, nothing at all when quiet. */
export async function createProgress(quiet: boolean): Promise<Progress> {
  if (quiet) return SILENT;
  if (!process.stderr.isTTY || process.env['TERM'] === 'dumb') return new PlainProgress();
  const { LiveProgress } = await import('./live-progress.js');
  return new LiveProgress();
}

const SILENT: Progress = {
  stage: () => {},
  detail: () => {},
  done: () => {},
  failed: () => {},
  note: () => {},
  warn: (text) => output.say(`warning: ${harmless(text)}`),
};

/** For logs: a line when a stage ends, and one when it begins only if it may take long. */
class PlainProgress implements Progress {
  readonly #started = Date.now();
  #stage = '';

  stage(text: string): void {
    if (this.#stage !== '') this.done();
    this.#stage = text;
  }

  detail(): void {}

  done(text = this.#stage): void {
    this.#end('ok', text);
  }

  failed(text = this.#stage): void {
    this.#end('FAILED', text);
  }

  note(text: string): void {
    output.say(harmless(text));
  }

  warn(text: string): void {
    output.say(`warning: ${harmless(text)}`);
  }

  #end(mark: string, text: string): void {
    if (this.#stage === '') return;
    output.say(`${mark} ${harmless(text)} (${seconds(Date.now() - this.#started)})`);
    this.#stage = '';
  }
}
