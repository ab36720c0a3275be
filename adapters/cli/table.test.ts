import { expect } from 'chai';
import { stripVTControlCharacters } from 'node:util';
import { details } from './details.ts';
import { displayWidth, fitted } from './display-width.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';
import { jsonText, lineText, proseText } from './terminal-text.ts';

interface Row {
  readonly name: string;
  readonly count: number;
}

const plain: Style = (_, text) => text;

function draw(rows: readonly Row[], width: number | null = null, style: Style = plain): readonly string[] {
  return table<Row>(
    [
      { head: 'NAME', of: ({ name }) => name, elastic: true, format: () => 'red' },
      { head: 'COUNT', of: ({ count }) => String(count), align: 'right' },
      { head: 'END', of: () => 'x' },
    ],
    rows,
    { width, style },
  ).split('\n');
}

describe('table', () => {
  it('aligns columns, numbers to the right, and leaves nothing at the end of a line', () => {
    expect(
      draw([
        { name: 'Mill', count: 3 },
        { name: 'Chapel', count: 12 },
      ]),
    ).to.deep.equal(['NAME    COUNT  END', 'Mill        3  x', 'Chapel     12  x', '']);
  });

  it('counts what is wide as two columns and colour as none', () => {
    const [, first, second] = draw(
      [
        { name: '漢字🐉', count: 1 },
        { name: 'abcdef', count: 2 },
      ],
      null,
      (_, text) => `\u001b[31m${text}\u001b[39m`,
    );
    expect(stripVTControlCharacters(first ?? '')).to.equal('漢字🐉      1  x');
    expect(stripVTControlCharacters(second ?? '')).to.equal('abcdef      2  x');
  });

  it('cuts the elastic column where the terminal is too narrow, and nothing without a terminal', () => {
    const long = 'a very long name that no terminal can hold at once';
    expect(draw([{ name: long, count: 1 }], 30)[1]).to.equal('a very long name…       1  x');
    expect(draw([{ name: long, count: 1 }])[1]).to.contain(long);
  });

  it('lets no control character through', () => {
    const [, line] = draw([{ name: 'evil\u001b[2J\u009b31m\ntitle\u202e', count: 1 }]);
    expect(line).to.match(/^evil�\[2J�31m title� {2,}1 {2}x$/);
  });
});

describe('details', () => {
  it('leaves out what has no value, and keeps the lines of a text', () => {
    const text = details(
      {
        title: 'Mill',
        lines: [
          ['id', 'x'],
          ['status', null],
          ['level', 0],
        ],
        texts: [
          ['notes', 'a\nb\u001b[1m'],
          ['none', null],
        ],
      },
      plain,
    );
    expect(text).to.equal('Mill\nid     x\nlevel  0\n\nnotes\na\nb�[1m\n');
  });
});

describe('displayWidth', () => {
  it('knows marks, joined emoji and ideographs', () => {
    expect(displayWidth('abc')).to.equal(3);
    expect(displayWidth('e\u0301')).to.equal(1);
    expect(displayWidth('👩‍👩‍👧')).to.equal(2);
    expect(displayWidth('漢字')).to.equal(4);
    expect(fitted('漢字漢字', 5)).to.equal('漢字…');
  });
});

describe('terminal text', () => {
  it('is one line, or several, without what a terminal obeys', () => {
    expect(lineText('a\r\nb\tc\u0007')).to.equal('a b c�');
    expect(proseText('a\r\nb\u001b]0;x\u0007')).to.equal('a\nb�]0;x�');
  });

  it('keeps JSON the same value', () => {
    const value = { text: 'x\u001b[1m\u009b31m\u007f\u202e ü 🐉' };
    expect(jsonText(value)).to.match(/^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]*$/);
    expect(JSON.parse(jsonText(value))).to.deep.equal(value);
  });
});
