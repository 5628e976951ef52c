/** What a node knows: passwords by user, and what it says to other nodes. */
interface Knows {
  readonly users: ReadonlyMap<string, ReadonlySet<string>>;
  readonly says: ReadonlyMap<string, string>;
}

/** A node, as far as passwords matter: what it knows now, and what it would know after a restart. */
export class PasswordNode {
  readonly name: string;
  readonly kind: 'redis' | 'sentinel';
  now: Knows;
  saved: Knows;

  constructor(name: string, kind: 'redis' | 'sentinel', now: Knows) {
    this.name = name;
    this.kind = kind;
    this.now = now;
    this.saved = now;
  }

  /** What redis does with it (acl.c ACLSetUser, config.c, sentinel.c). */
  take([verb, ...words]: readonly (string | number)[]): void {
    const [sub, name = '', ...rest] = words.map(String);
    if (verb === 'ACL') this.#setUser(name, rest);
    else if (verb === 'CONFIG' && sub === 'REWRITE') this.saved = this.now;
    else if (verb === 'SENTINEL' && sub === 'FLUSHCONFIG') this.saved = this.now;
    else if (verb === 'CONFIG' && name === 'requirepass')
      this.#setUser('default', ['resetpass', `>${rest[0]}`]);
    else if (verb === 'CONFIG' && name === 'masterauth') this.#say('masterauth', rest[0] ?? '');
    else if (verb === 'SENTINEL') {
      this.#say(rest.at(-2) ?? '', rest.at(-1) ?? '');
      this.saved = this.now;
    } else throw new Error(`It does not know ${verb} ${sub}.`);
  }

  restart(): void {
    this.now = this.saved;
  }

  #setUser(user: string, rules: readonly string[]): void {
    const passwords = new Set(this.now.users.get(user));
    for (const rule of rules) {
      if (rule === 'resetpass') passwords.clear();
      else if (rule.startsWith('>')) passwords.add(rule.slice(1));
      else if (rule.startsWith('<')) passwords.delete(rule.slice(1));
      else throw new Error(`It does not know the rule ${rule}.`);
    }
    this.now = { ...this.now, users: new Map(this.now.users).set(user, passwords) };
  }

  #say(what: string, password: string): void {
    this.now = { ...this.now, says: new Map(this.now.says).set(what, password) };
  }
}
