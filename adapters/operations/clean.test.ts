import { expect } from 'chai';
import { object } from 'yup';
import { processorTime } from '../../test/support/processor-time.ts';
import { cleaned } from './clean.ts';
import { line } from './fields.ts';
import { checked } from './guard.ts';

const schema = object({ name: line() }).noUnknown();
const clean = (name: string): unknown => cleaned(line(), name);

describe('a single line', () => {
  it('keeps what is no tag', () => {
    for (const name of ['a < b', 'x<3', 'a <- b', '1<2>0', 'Tom & Jerry', '5 > 4', '<', 'a<', '&lt;b&gt;']) {
      expect(clean(name)).to.equal(name);
    }
  });

  it('has no tag left that was hidden in a tag, however often', () => {
    for (const depth of [1, 2, 4, 8, 100]) {
      const name = clean(`${'<'.repeat(depth)}b>x${'</b>'.repeat(depth)}${'<'.repeat(depth)}${'i>'.repeat(depth)}`);
      expect(name, String(depth)).not.to.match(/<[^\s\d]/);
    }
  });

  it('has no tag left that was hidden behind characters which are taken away', () => {
    for (const hidden of ['\u202e', '\u200e', '\u2066', '\u0007', '\u001b', '\u007f', '\u0085', '\u061c']) {
      expect(clean(`<${hidden}b>x</${hidden}b>`), JSON.stringify(hidden)).to.equal('x');
      expect(clean(`<${hidden}script>x</script>y`), JSON.stringify(hidden)).to.equal('y');
    }
    for (const space of ['\n', '\t', '\u2028']) expect(clean(`<${space}b>x`)).to.equal('< b>x');
  });

  it('costs little, whatever is sent', async () => {
    const million = 1024 * 1024;
    for (const unit of ['<<b>b>', '<', '<a', '<!--', '<script>', '</', '<b', '&lt;', '\u202e<']) {
      const name = unit.repeat(million / unit.length);
      const time = await processorTime(() => {
        expect(() => checked(schema, { name }), unit).to.throw(/must not be longer than 255/);
      });
      expect(time, unit).to.be.lessThan(500);
    }
    // As many lines as one request can carry.
    const nested = '<'.repeat(500) + 'b>'.repeat(250);
    const time = await processorTime(() => {
      for (let count = 0; count < 200; count += 1) clean(nested);
    });
    expect(time).to.be.lessThan(1000);
  });
});
