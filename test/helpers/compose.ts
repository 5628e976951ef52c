import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import { parse } from 'yaml';
import { packageRoot } from '../../src/host/package-root.js';

const run = promisify(execFile);
const SCRIPT = join(packageRoot(), 'test', 'lab', 'compose');
const LABEL = 'com.docker.compose.project';

/** Path of a Compose 2. @throws Error with the words of the script that could not get one */
export async function findCompose(): Promise<string> {
  const { stdout } = await run(SCRIPT);
  return stdout.trim();
}

/** A directory with a Compose file, run by Compose. */
export class ComposeProject {
  readonly directory: string;
  readonly name: string;
  readonly #program: string;
  readonly #docker: Docker;

  constructor(program: string, docker: Docker, directory: string, name: string) {
    this.#program = program;
    this.#docker = docker;
    this.directory = directory;
    this.name = name;
  }

  /**
   * Start all and wait until all is healthy. A second file makes Compose look more often than an
   * export asks for: nothing else is changed.
   */
  async up(file: string): Promise<void> {
    const { services } = parse(file) as { services: Record<string, { healthcheck?: object }> };
    const checked = Object.entries(services).filter(([, { healthcheck }]) => healthcheck);
    const often = checked.map(([name]) => [name, { healthcheck: { interval: '500ms' } }]);
    const more = join(this.directory, 'often.json');
    await writeFile(more, JSON.stringify({ services: Object.fromEntries(often) }));
    await this.#compose('-f', 'compose.yaml', '-f', 'often.json', 'up', '-d', '--wait');
  }

  /** Take all away from the engine, volumes too. */
  async down(): Promise<void> {
    await this.#compose('-f', 'compose.yaml', 'down', '-v', '-t', '5');
  }

  /** Name of the container of a service. */
  container(service: string): string {
    return `${this.name}-${service}-1`;
  }

  /** Names of all that the engine has of it. */
  async parts(): Promise<string[]> {
    const filters = { label: [`${LABEL}=${this.name}`] };
    const [containers, networks, { Volumes }] = await Promise.all([
      this.#docker.listContainers({ all: true, filters }),
      this.#docker.listNetworks({ filters }),
      this.#docker.listVolumes({ filters }),
    ]);
    return [
      ...containers.flatMap((each) => each.Names),
      ...networks.map((each) => each.Name),
      ...(Volumes ?? []).map((each) => each.Name),
    ];
  }

  async #compose(...args: string[]): Promise<void> {
    const env = {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      ...(process.env['DOCKER_HOST'] ? { DOCKER_HOST: process.env['DOCKER_HOST'] } : {}),
    };
    await run(this.#program, ['--ansi', 'never', ...args], {
      ...{ cwd: this.directory, env, timeout: 200_000 },
    });
  }
}
