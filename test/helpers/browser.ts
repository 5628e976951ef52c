import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const KNOWN = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
/** Where the page seems to be; nothing answers there but ourselves. */
const ADDRESS = 'http://page.test/';

/** How a page is looked at. */
export interface Look {
  readonly width: number;
  readonly height: number;
  readonly dark?: boolean;
}

/** Part of the screen, in CSS pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A colour of a picture, with its share of the picture's pixels. */
export interface Colour {
  readonly rgb: readonly [number, number, number];
  readonly share: number;
}

/** A real browser. Whoever opens one closes it. */
export class Chromium {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** @throws Error naming what to install when there is no browser */
  static async open(): Promise<Chromium> {
    const named = process.env['RSENT_TEST_CHROMIUM'];
    const executablePath = named ?? KNOWN.find((path) => existsSync(path));
    if (executablePath === undefined || !existsSync(executablePath)) {
      throw new Error(
        `There is no Chromium at ${named ?? KNOWN.join(', ')}. Install one: apt-get install chromium. Or name one in RSENT_TEST_CHROMIUM.`,
      );
    }
    const args = ['--no-sandbox', '--disable-gpu'];
    return new Chromium(await chromium.launch({ executablePath, args, headless: true }));
  }

  /** Show a page; nothing that it asks the network for is answered. */
  async show(html: string, { width, height, dark = false }: Look): Promise<View> {
    const context = await this.#browser.newContext({
      viewport: { width, height },
      colorScheme: dark ? 'dark' : 'light',
    });
    return View.open(context, html);
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}

/** A page as it is shown. */
export class View {
  /** What the page complained of, and every dialog that it opened. */
  readonly complaints: string[] = [];
  /** Addresses that the page asked for, its own excepted. */
  readonly requests: string[] = [];
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  static async open(context: BrowserContext, html: string): Promise<View> {
    const page = await context.newPage();
    const view = new View(page);
    page.on('console', (message) => view.complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => view.complaints.push(error.message));
    page.on('dialog', async (dialog) => {
      view.complaints.push(`dialog: ${dialog.message()}`);
      await dialog.dismiss();
    });
    await context.route('**/*', async (route) => {
      const address = route.request().url();
      if (address === ADDRESS) {
        return route.fulfill({ body: html, contentType: 'text/html; charset=utf-8' });
      }
      view.requests.push(address);
      return route.abort();
    });
    await page.goto(ADDRESS, { waitUntil: 'load' });
    return view;
  }

  /** What an expression is worth in the page. */
  ask<T>(expression: string): Promise<T> {
    return this.#page.evaluate<T>(expression);
  }

  /** Where the visible ones of these elements are, from the page's upper left corner. */
  boxes(selector: string): Promise<(Box & { readonly text: string })[]> {
    return this.ask(`[...document.querySelectorAll(${JSON.stringify(selector)})]
      .map((each) => ({ box: each.getBoundingClientRect(), text: each.textContent.trim() }))
      .filter(({ box }) => box.width > 0 || box.height > 0)
      .map(({ box: { x, y, width, height }, text }) =>
        ({ x: x + scrollX, y: y + scrollY, width, height, text }))`);
  }

  /** A picture (PNG) of a part of the page, or of all of it. */
  screenshot(clip?: Box): Promise<Buffer> {
    return this.#page.screenshot({ fullPage: true, ...(clip === undefined ? {} : { clip }) });
  }

  /** The colours that are really to be seen in a part of the page, the most frequent first. */
  async colours(clip: Box): Promise<Colour[]> {
    const picture = await this.screenshot(clip);
    const other = await this.#page.context().browser()?.newPage();
    if (other === undefined) throw new Error('the browser is gone');
    try {
      const source = JSON.stringify(`data:image/png;base64,${picture.toString('base64')}`);
      return await other.evaluate<Colour[]>(`(async () => {
        const image = new Image();
        image.src = ${source};
        await image.decode();
        const canvas = new OffscreenCanvas(image.width, image.height);
        const context = canvas.getContext('2d');
        context.drawImage(image, 0, 0);
        const { data } = context.getImageData(0, 0, image.width, image.height);
        const counts = new Map();
        for (let i = 0; i < data.length; i += 4) {
          const key = data[i] + ',' + data[i + 1] + ',' + data[i + 2];
          counts.set(key, (counts.get(key) ?? 0) + 1);
        }
        return [...counts]
          .sort(([, a], [, b]) => b - a)
          .map(([key, n]) => ({ rgb: key.split(',').map(Number), share: (n * 4) / data.length }));
      })()`);
    } finally {
      await other.close();
    }
  }

  async close(): Promise<void> {
    await this.#page.context().close();
  }
}
