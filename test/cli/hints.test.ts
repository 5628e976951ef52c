import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SWITCHES } from '../../src/cli/front.js';
import { readTyped } from '../../src/cli/typed.js';
import { VERBS } from '../../src/cli/verbs.js';
import { named } from '../../src/model/named.js';
import { allVerbs, type KnownVerb } from '../helpers/command-line.js';

const ROOT = join(import.meta.dirname, '../..');

function filesIn(folder: string, end: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true })
    .map(String)
    .filter((file) => file.endsWith(end))
    .map((file) => join(folder, file));
}

const PAGES = ['README.md', 'CHANGELOG.md', ...filesIn('docs', '.md')].filter(
  (page) => !page.includes('images/'),
);
const SOURCES = [...filesIn('src', '.ts'), ...filesIn('templates', '.hbs')];

/** A command that a text names: the words from the verb on, as far as they are words of one. */
interface Named {
  readonly where: string;
  readonly words: readonly string[];
}

/** What a reader sees of a text: no comments; what is put in is some word. */
function shownOf(file: string): string {
  const text = readFileSync(join(ROOT, file), 'utf8');
  // The lines of a paragraph are one text, those of an example each its own.
  if (file.endsWith('.md')) return text.replace(/(\S)\n(?! {4}|```|[-|#])(?=\S)/g, '$1 ');
  return text
    .replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
    .replace(/\$\{[^{}]*\}/g, 'WORD')
    .replace(/\$\{[^}]*\}/g, 'WORD');
}

function commandsIn(file: string): Named[] {
  const verbs = VERBS.flatMap(({ command }) => command).map((each) => each.split(' ')[0]);
  return [...shownOf(file).matchAll(/\brsent ([a-z][a-z-]*)((?: +[^\s`'"|;,)(\]]+)*)/g)].flatMap(
    ([, verb = '', rest = '']) => {
      if (!verbs.includes(verb)) return [];
      const words = rest.trim().split(/\s+/);
      // The command ends where a sentence goes on, and with what is for others.
      const end = words.findIndex((word) => word === '--' || /^(#|<|>|&|…|\.\.\.)/.test(word));
      return [
        {
          where: `${file}: rsent ${verb}${rest}`,
          words: [verb, ...(end < 0 ? words : words.slice(0, end))],
        },
      ];
    },
  );
}

/** What is wrong with the flags of it; those of a sentence that goes on are not its own. */
function problemsOf({ words }: Named, verb: KnownVerb): readonly string[] {
  const flags = words
    .filter((word) => /^--?[a-z]/.test(word))
    .map((word) => word.replace(/[.:]+$/, ''));
  return flags.flatMap((flag) => {
    const name = flag.replace(/^--(no-)?/, '').replace(/=.*/s, '');
    const isValued = verb.options[name] !== undefined && verb.options[name]?.type !== 'boolean';
    return readTyped(
      isValued && !flag.includes('=') ? [flag, '1'] : [flag],
      verb.options,
    ).problems.filter((problem) => problem.includes('is no option'));
  });
}

/** They are full of the flags of redis-server and redis-cli. */
const OF_OTHERS = /client-command|image-nature|usual-values|flow.client/;

describe('every command that a message or a page names', () => {
  it('has flags that its verb takes', async () => {
    const verbs = await allVerbs();
    const wrong: string[] = [];
    let count = 0;
    for (const file of [...PAGES, ...SOURCES]) {
      for (const named of commandsIn(file)) {
        count++;
        const fitting = verbs.filter(
          ({ words }) =>
            words[0] === named.words[0] && (words[1] ?? named.words[1]) === named.words[1],
        );
        const all =
          fitting.length > 0 ? fitting : verbs.filter(({ words }) => words[0] === named.words[0]);
        const problems = all.map((verb) => problemsOf(named, verb));
        if (problems.every((each) => each.length > 0))
          wrong.push(`${named.where} (${problems[0]?.join('; ')})`);
      }
    }
    expect(wrong).toEqual([]);
    expect(count).toBeGreaterThan(300);
  });

  it('has a verb that there is', () => {
    const verbs = VERBS.flatMap(({ command }) => command).map((each) => each.split(' ')[0]);
    // What is said of rsent, and the word of the parser itself.
    const others = /^(help|is|has|was|and|or|itself|[a-z]+s|never|failed|cannot|could)$/;
    const unknown = [...PAGES, ...SOURCES].flatMap((file) =>
      [...shownOf(file).matchAll(/(?:`| {4}|: |; )rsent ([a-z][a-z-]*)/g)]
        .map(([, verb = '']) => verb)
        .filter((verb) => !verbs.includes(verb) && !others.test(verb))
        .map((verb) => `${file}: rsent ${verb}`),
    );
    expect(unknown).toEqual([]);
  });

  it('says which topology, where it is one of a message', () => {
    // Whoever types it for another one than `rsent` would make that, or look at it.
    const ONE =
      /^(up|down|status|start|stop|reset|logs|failover|scale|set|upgrade|backup|restore|rotate-password|rotate-certs)$/;
    const nameless = SOURCES.filter((file) =>
      /src\/(flow|health|plan|host|engine|drill)\//.test(file),
    ).flatMap((file) =>
      commandsIn(file)
        .filter(({ words: [verb = '', ...rest] }) => {
          const isNamed = rest.some((word) => /WORD|^(NAME|OTHER)/.test(word));
          return ONE.test(verb) && !isNamed;
        })
        .map(({ where }) => where),
    );
    expect(nameless).toEqual([
      // Said of the verb itself.
      'src/flow/export.ts: rsent up would begin to',
      'src/health/judge-users.ts: rsent up leaves it so',
      'src/host/backup-file.ts: rsent backup makes such files. A plain RDB file',
    ]);
  });

  it('names flags that some verb has', async () => {
    const known = new Set<string>(SWITCHES);
    for (const { options } of await allVerbs())
      for (const name of Object.keys(options)) known.add(name);
    const hints = SOURCES.filter(
      (file) => /src\/(cli|flow|spec|host|plan)\//.test(file) && !OF_OTHERS.test(file),
    ).flatMap((file) =>
      [...shownOf(file).matchAll(/(?:^|[\s(`'"])--([a-z][a-z-]+)(?=[\s.,;:)'"`=])/gm)].map(
        ([, flag = '']) => [file, flag] as const,
      ),
    );
    // Those of programs that rsent runs.
    const FOREIGN = /^(rdb|subnet|optimize-for-size|no-raw|fix|rm|dir)/;
    const unknown = hints.filter(
      ([, flag]) => !known.has(flag.replace(/^no-/, '')) && !known.has(flag) && !FOREIGN.test(flag),
    );
    expect(unknown.map(([file, flag]) => `${file}: --${flag}`)).toEqual([]);
  });

  it('has the name of its topology where it is printed', () => {
    const unnamed = SOURCES.flatMap((file) =>
      // The words of a command that stands in quotes of its own are looked at where it is put in.
      shownOf(file)
        .split('\n')
        .filter((line) => /\bNAME\b/.test(named(line.replace(/WORD/g, ' '), 'lab')))
        .filter((line) => /\brsent\b/.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
    expect(unnamed).toEqual([]);
    // Whoever prints what is no error says the name himself.
    const printed = SOURCES.filter((file) => /src\/(report|cli|logs)\//.test(file)).filter((file) =>
      /rsent [a-z-]+ NAME\b/.test(shownOf(file)),
    );
    expect(printed.sort().reverse()).toEqual([
      // A hint, which is given its name there.
      'src/report/snippet.ts',
      // Errors.
      'src/cli/commands/upgrade.ts',
      'src/cli/commands/exec.ts',
    ]);
  });
});
