import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { expect } from 'chai';
import { readPlan } from './plan.ts';
import { chosenServers } from './servers.ts';

const PROJECT = resolve('.');

describe('the plan of a run', () => {
  it('is everything, or everything quickly', () => {
    const [full, quick] = [readPlan([]), readPlan(['--quick'])];
    expect(full.cases).to.deep.equal(quick.cases);
    expect(full).to.include({ mode: 'full', complete: true, scale: 1 });
    expect(quick.measuredMs).to.be.below(full.measuredMs);
    expect(full.extras).to.not.include('sizes');
    expect(readPlan(['--large']))
      .to.include({ scale: 10 })
      .and.to.have.property('extras')
      .that.includes('sizes');
  });

  it('is what was chosen, in its own order', () => {
    const plan = readPlan(['--only', 'one, starts,list', '--servers', 'fastify', '--connections', '1,256']);
    expect(plan.cases).to.deep.equal(['list', 'one']);
    expect(plan.extras).to.deep.equal(['starts']);
    expect(plan).to.deep.include({ complete: false, servers: ['fastify'], connections: [1, 256] });
  });

  it('takes other checkouts of the project in as servers, right after ours', () => {
    const { beside, servers, complete } = readPlan(['--beside', '.', '--servers', 'ours,fastify', '--beside', PROJECT]);
    expect(beside).to.deep.equal([PROJECT, PROJECT]);
    expect(complete).to.equal(false);
    const kinds = chosenServers(servers, beside);
    expect(kinds.map(({ key }) => key)).to.deep.equal(['ours', 'beside-1', 'beside-2', 'fastify']);
    expect(kinds.map(({ folder }) => folder)).to.deep.equal([undefined, PROJECT, PROJECT, undefined]);
  });

  it('is none with what it does not know', () => {
    expect(() => readPlan(['--only', 'nonsense'])).to.throw(/no case "nonsense"; there are live, list/);
    expect(() => readPlan(['--servers', 'nginx'])).to.throw(/no server "nginx"/);
    expect(() => readPlan(['--connections', '0'])).to.throw(/no number above 0/);
    expect(() => readPlan(['--beside', tmpdir()])).to.throw(`There is no checkout in "${tmpdir()}".`);
    expect(() => readPlan(['--fast'])).to.throw();
  });
});
