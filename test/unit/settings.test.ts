import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { isMap, parseDocument } from 'yaml';
import { readConfig } from '../../infrastructure/config/config.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** The image decides these, which keeps nothing and is a server in production. */
const OF_THE_IMAGE = ['FOUNDRY_DATA_DIR', 'HOST', 'NODE_ENV'];
/** Where the containers find each other. */
const FIXED = ['DATABASE_URL', 'PORT'];
/** Docker Compose's own, and the command line's. */
const NOT_OF_THE_SERVER = ['POSTGRES_PASSWORD', 'FOUNDRY_USER', 'FOUNDRY_CAMPAIGN'];

const settings = settingsOf();

describe('the settings of the configuration', () => {
  it('are known by reading it, with every one that production asks for', () => {
    expect(settings).to.have.length.above(20).and.include.members(['NODE_ENV', 'JWT_SECRET', 'TRUST_PROXY']);
  });

  it('are all passed on by docker-compose.yml, but for those that the containers decide', () => {
    const passed = mapAt('services', 'api', 'environment');
    expect([...passed.keys()].toSorted()).to.deep.equal(
      settings.filter((name) => !OF_THE_IMAGE.includes(name)).toSorted(),
    );
    for (const [name, value] of passed) {
      if (!FIXED.includes(name)) expect(value, name).to.match(new RegExp(`^\\$\\{${name}:[-?].*\\}$`));
    }
  });

  it('are all explained by .env.example, which has no others', () => {
    const [used = ''] = read('.env.example').split('--- Not used yet');
    const explained = [...used.matchAll(/^# ([A-Z_]+)=/gm)].map(([, name = '']) => name);
    expect([...new Set(explained)].toSorted()).to.deep.equal([...settings, 'POSTGRES_PASSWORD'].toSorted());
  });

  it("are all in README.md's table, which has no others", () => {
    const rows = /\| name +\| default[^]*?\n\n/.exec(read('README.md'))?.[0].split('\n') ?? [];
    const named = rows.flatMap((row) =>
      [...(row.split('|')[1] ?? '').matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name),
    );
    expect(named.filter((name) => name === undefined || !NOT_OF_THE_SERVER.includes(name))).to.have.members(settings);
  });
});

describe('the images that a container is made of', () => {
  it('are all pinned by digest, behind the version that people read', () => {
    const named = [...read('Dockerfile').matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
    const run = [...mapAt('services').keys()]
      .map((service) => mapAt('services', service))
      .flatMap((service) => (service.has('build') ? [] : [service.get('image')]));
    expect(named.length + run.length).to.be.at.least(3);
    for (const image of [...named, ...run]) expect(image).to.match(/^[a-z]+:\d[\w.-]+@sha256:[0-9a-f]{64}$/);
  });
});

/** Whatever the configuration asks of its environment, for a server in production as for one at home. */
function settingsOf(): readonly string[] {
  const asked = new Set<string>();
  for (const given of [{}, { NODE_ENV: 'production', JWT_SECRET: 'long enough for this, and more besides' }]) {
    const listening = new Proxy<Readonly<Record<string, string>>>(given, {
      get: (target, name) => {
        asked.add(String(name));
        return target[String(name)];
      },
    });
    readConfig(listening, 'serve');
  }
  return [...asked];
}

/** A map of docker-compose.yml, its values as texts. */
function mapAt(...path: readonly string[]): ReadonlyMap<string, string> {
  const found = parseDocument(read('docker-compose.yml')).getIn(path);
  if (!isMap(found)) throw new Error(`docker-compose.yml has no map at ${path.join('.')}.`);
  return new Map(found.items.map(({ key, value }) => [String(key), String(value)]));
}
