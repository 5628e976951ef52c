import ora, { type Ora } from 'ora';
import type { Progress } from '../flow/context.js';
import { harmless, paintFor, seconds } from '../report/text.js';
import { output } from './output.js';

/** One spinner with the seconds that the whole command has taken so far. */
export class LiveProgress implements Progress {
  readonly #paint = paintFor(process.stderr, process.env);
  readonly #started = Date.now();
  readonly #spinner: Ora = ora({ stream: process.stderr, discardStdin: false });
  #stage = '';
  #detail = '';
  #ticker: NodeJS.Timeout | undefined;

  stage(text: string): void {
    if (this.#stage !== '') this.done();
    this.#stage = harmless(text);
    this.#detail = '';
    this.#spinner.start(this.#line());
    this.#ticker = setInterval(() => this.#draw(), 100).unref();
  }

  detail(text: string): void {
    this.#detail = harmless(text);
    this.#draw();
  }

  done(text = this.#stage): void {
    this.#end(() => this.#spinner.succeed(`${harmless(text)} ${this.#elapsed()}`));
  }

  failed(text = this.#stage): void {
    this.#end(() => this.#spinner.fail(`${harmless(text)} ${this.#elapsed()}`));
  }

  note(text: string): void {
    this.#aside(`${this.#paint.cyan('i')} ${harmless(text)}`);
  }

  warn(text: string): void {
    this.#aside(`${this.#paint.yellow('!')} ${harmless(text)}`);
  }

  #aside(line: string): void {
    const spinning = this.#spinner.isSpinning;
    if (spinning) this.#spinner.stop();
    output.say(line);
    if (spinning) this.#spinner.start();
  }

  #end(finish: () => void): void {
    if (this.#stage === '') return;
    clearInterval(this.#ticker);
    finish();
    this.#stage = '';
  }

  #draw(): void {
    this.#spinner.text = this.#line();
  }

  #line(): string {
    const width = (process.stderr.columns ?? 80) - 4;
    const detail = this.#detail === '' ? '' : `  ${this.#detail}`;
    const plain = `${this.#stage} ${seconds(Date.now() - this.#started)}${detail}`;
    return plain.length > width ? `${plain.slice(0, width - 1)}…` : plain;
  }

  #elapsed(): string {
    return this.#paint.dim(seconds(Date.now() - this.#started));
  }
}
