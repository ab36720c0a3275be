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
    for (const name of [
      'The <lost heirs of Ossel',
      'The <lost heirs> of Ossel',
      'a<b',
      'my heart </3',
      'if a<b and c=d then p<q',
      'if x<y or y>z',
      'The <map of the mill',
      'The <half-elf> inn',
      'hp<max if x = 3',
      '<3 style = love',
      '<Ωmega> gate',
      '<漢字>',
      '</ b>',
      '<?>',
      '<!>',
      '<path> of <root>',
      'a <- b -> c',
      '<<<< north',
    ]) {
      expect(clean(name)).to.equal(name);
    }
  });

  it('has none of the tags that HTML knows, and not what they hide', () => {
    for (const [name, left] of [
      ['<b>Keep</b>', 'Keep'],
      ['<B >Keep</B\t>', 'Keep'],
      ['<script>alert(1)</script>Keep', 'Keep'],
      ['<STYLE>p{}</style >Keep<script>1</script>', 'Keep'],
      ['<!-- hidden <b> -->Keep', 'Keep'],
      ['<!doctype html>Keep', 'Keep'],
      ['<img src="a>b" alt=\'>\'>Keep', 'Keep'],
      ['<svg/onload=alert(1)>Keep', 'Keep'],
      ['<math><mi>Keep</mi></math>', '<mi>Keep</mi>'],
      ['<\u212abd>Keep', 'Keep'],
      ['<b <i>>Keep', 'Keep'],
      ['The <script>lost heirs', 'The lost heirs'],
    ] as const) {
      expect(clean(name), name).to.equal(left);
    }
  });

  it('does not become a tag that does something by what follows it in a page', () => {
    for (const [name, left] of [
      ['<img src=x onerror=alert(1)', 'img src=x onerror=alert(1)'],
      ['<img <3 src=x onerror=alert(1) ', 'img <3 src=x onerror=alert(1)'],
      ['<svg/onload=alert(1)', 'svg/onload=alert(1)'],
      ['<a href=x', 'a href=x'],
      ['<x onclick=alert(1)>y', 'x onclick=alert(1)>y'],
      ['<x a="" onfocus = alert(1)>y', 'x a="" onfocus = alert(1)>y'],
      ['<b<b onclick=alert(1)', 'bb onclick=alert(1)'],
      ['<half-elf style=top:0', 'half-elf style=top:0'],
      ['<script', 'script'],
      ['<!-- Keep', '!-- Keep'],
    ] as const) {
      expect(clean(name), name).to.equal(left);
    }
  });

  it('is in NFC, also where letters come together as a tag goes', () => {
    expect(clean('Osse\u0301l')).to.equal('Oss\u00e9l');
    expect(clean('Osse<b>\u0301</b>l')).to.equal('Oss\u00e9l');
  });

  it('has no tag left that was hidden in a tag, however often', () => {
    for (const depth of [1, 2, 4, 8, 100]) {
      const name = clean(`${'<'.repeat(depth)}b>x${'</b>'.repeat(depth)}${'<'.repeat(depth)}${'i>'.repeat(depth)}`);
      expect(name, String(depth)).not.to.match(/<\/?[bi]>/);
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
    for (const unit of ['<<b>b>', '<', '<a', '<!--', '<script>', '</', '<b', '&lt;', '\u202e<', '<a "', '<x on=']) {
      const name = unit.repeat(million / unit.length);
      const time = await processorTime(() => {
        expect(() => checked(schema, { name }), unit).to.throw(/must not be longer than/);
      });
      expect(time, unit).to.be.lessThan(500);
    }
    // As many lines as one request can carry.
    for (const nested of [
      '<'.repeat(500) + 'b>'.repeat(250),
      '<a'.repeat(600),
      '<!--'.repeat(300),
      '<b ='.repeat(300),
    ]) {
      const time = await processorTime(() => {
        for (let count = 0; count < 200; count += 1) clean(nested);
      });
      expect(time, nested.slice(-4)).to.be.lessThan(1000);
    }
  });
});
