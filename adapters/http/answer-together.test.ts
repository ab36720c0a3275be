import { expect } from 'chai';
import { answerTogether } from './answer-together.ts';

describe('answers', () => {
  it('of one turn of the event loop leave together, after the last of them is ready', async () => {
    const middleware = answerTogether();
    const events: string[] = [];
    const request = async (name: string, steps: number): Promise<void> => {
      // It looks at nothing of the request.
      await Reflect.apply(middleware, null, [
        {},
        async () => {
          for (let step = 0; step < steps; step += 1) await Promise.resolve();
          events.push(`${name} ready`);
        },
      ]);
      events.push(`${name} sent`);
    };
    await Promise.all([request('first', 0), request('second', 50)]);
    expect(events).to.deep.equal(['first ready', 'second ready', 'first sent', 'second sent']);
  });

  it('wait for no other turn', async () => {
    const middleware = answerTogether();
    const late = Promise.withResolvers<null>();
    const slow = Promise.resolve<unknown>(Reflect.apply(middleware, null, [{}, () => late.promise]));
    // Were it held back until the slow one is ready, this would never end.
    await Reflect.apply(middleware, null, [{}, () => Promise.resolve()]);
    late.resolve(null);
    await slow;
  });
});
