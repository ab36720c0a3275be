import { expect } from 'chai';
import { type Findings, type Goal, goals, isReached, pairFigure, ratio } from './goals.ts';
import type { Measurement } from './measure.ts';

const aMeasurement = (values: Partial<Measurement>): Measurement => ({
  ...{ case: 'one', server: 'ours', lap: 0, connections: 16, requests: 1, perSecond: 1, p50: 1, p99: 1 },
  ...{ serverCpu: 1, postgresCpu: 1, memoryMiB: 1 },
  ...values,
});
const goalOf = (words: string): Goal => {
  const goal = goals.find(({ title }) => title.includes(words));
  if (goal === undefined) throw new Error(`There is no goal about ${words}.`);
  return goal;
};
const nothing: Findings = { measurements: [], endurance: [], starts: null, pairs: [] };

describe('a ratio of two servers', () => {
  it('is of what was measured one right after the other, with as many connections', () => {
    const measurements = [
      aMeasurement({ lap: 0, perSecond: 100 }),
      aMeasurement({ lap: 1, perSecond: 300 }),
      aMeasurement({ lap: 1, perSecond: 50, connections: 64 }),
      aMeasurement({ lap: 0, perSecond: 100, server: 'fastify' }),
      aMeasurement({ lap: 1, perSecond: 100, server: 'fastify' }),
      aMeasurement({ lap: 1, perSecond: 25, server: 'fastify', connections: 64 }),
      aMeasurement({ lap: 1, perSecond: 1, server: 'fastify', case: 'list' }),
    ];
    const found = ratio(measurements, { case: 'one', server: 'ours' }, { case: 'one', server: 'fastify' }, 'perSecond');
    expect(found?.value).to.be.closeTo(2, 1e-9);
    expect(found).to.include({ least: 1, greatest: 3 });
  });

  it('is none where one of them was not measured, or its CPU time not told', () => {
    const mine = aMeasurement({});
    const theirs = aMeasurement({ server: 'fastify', serverCpu: null });
    const of = { case: 'one', server: 'ours' };
    expect(ratio([mine], of, { case: 'one', server: 'fastify' }, 'perSecond')).to.equal(null);
    expect(ratio([mine, theirs], of, { case: 'one', server: 'fastify' }, 'serverCpu')).to.equal(null);
  });
});

describe('a goal', () => {
  it('is reached at its limit, from the side on which it lies', () => {
    const at = (value: number) => ({ value, least: value, greatest: value });
    const [fast, small] = [goalOf('list of 20, uncached'), goalOf('memory at rest')];
    expect([0.79, 0.8, 1].map((value) => isReached(fast, at(value)))).to.deep.equal([false, true, true]);
    expect([129, 130, 131].map((value) => isReached(small, at(value)))).to.deep.equal([true, true, false]);
  });

  it('compares requests per second by ours to theirs, and CPU time by theirs to ours', () => {
    const measurements = [
      aMeasurement({ server: 'uncached', perSecond: 50, serverCpu: 80 }),
      aMeasurement({ server: 'fastify', perSecond: 100, serverCpu: 40 }),
    ];
    const goal = goalOf('one campaign, uncached, against Fastify');
    expect(goal.figure({ ...nothing, measurements })?.value).to.be.closeTo(0.5, 1e-9);
    expect(goal.cpuFigure?.({ ...nothing, measurements })?.value).to.be.closeTo(0.5, 1e-9);
  });

  it('has no figure where nothing was measured for it', () => {
    expect(goals.map((goal) => goal.figure(nothing))).to.deep.equal(goals.map(() => null));
  });
});

describe('what should take equally long', () => {
  it('is compared lap by lap', () => {
    const figure = pairFigure({ name: 'pages', server: 'ours', near: [1, 2, 4], far: [2, 2, 2] });
    expect(figure).to.deep.equal({ value: 1, least: 0.5, greatest: 2 });
    expect(pairFigure(undefined)).to.equal(null);
  });
});
