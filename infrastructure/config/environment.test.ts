import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEnvironment } from './environment.ts';

describe('the environment', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'foundry-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('is the environment of the process where there is no .env', async () => {
    expect(await loadEnvironment({ PORT: '8080' }, folder)).to.deep.equal({ PORT: '8080' });
  });

  it('is completed by .env, with its comments and quotes', async () => {
    await writeFile(
      join(folder, '.env'),
      '# The port\nPORT=4000\nexport HOST=0.0.0.0\nJWT_SECRET="with # and = and spaces"\nLOG_LEVEL=debug # loud\n\nEMPTY=\n',
    );
    expect(await loadEnvironment({ HOME: '/home/anna' }, folder)).to.deep.equal({
      HOME: '/home/anna',
      PORT: '4000',
      HOST: '0.0.0.0',
      JWT_SECRET: 'with # and = and spaces',
      LOG_LEVEL: 'debug',
      EMPTY: '',
    });
  });

  it('prevails over .env', async () => {
    await writeFile(join(folder, '.env'), 'PORT=4000\nHOST=0.0.0.0\n');
    expect(await loadEnvironment({ PORT: '8080', HOST: '' }, folder)).to.deep.equal({ PORT: '8080', HOST: '' });
  });

  it('is not changed: only what is returned has what .env says', async () => {
    await writeFile(join(folder, '.env'), 'FOUNDRY_TEST_ONLY=1\n');
    const env = {};
    await loadEnvironment(env, folder);
    expect(env).to.deep.equal({});
    expect(process.env.FOUNDRY_TEST_ONLY).to.equal(undefined);
  });
});
