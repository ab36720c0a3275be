import { expect } from 'chai';
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { details } from './details.ts';
import { fitted } from './fitted.ts';
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

describe('texts of the world in a table', () => {
  /** Each with the columns that a terminal gives it. */
  const TEXTS: readonly (readonly [text: string, columns: number])[] = [
    ['Mühle', 5],
    ['Mu\u0308hle', 5],
    ['漢字かなカナ', 12],
    ['ﾊﾝｶｸ', 4],
    ['ＦＵＬＬ', 8],
    ['한글', 4],
    ['\u1112\u1161\u11ab\u1100\u1173\u11af', 4],
    ['👩‍👩‍👧 👍🏽 🇩🇪', 8],
    ['❤️ ✔︎ 1️⃣', 7],
    ['हिन्दी', 5],
    ['தமிழ்', 4],
    ['สวัสดี น้ำ', 7],
    ['ខ្មែរ', 4],
    ['שָׁלוֹם', 4],
    ['السَّلام', 6],
    ['Z̸̛͉a̷͇͠l̴̡̈́g̵̪̈ǫ̶̈', 5],
    ['a\u200bb\ufeffc\u2060d', 4],
    ['𝕬𝖇𝖈 🀄 ①', 8],
    ['', 0],
  ];

  it('are as wide as a terminal draws them', () => {
    for (const [text, columns] of TEXTS) expect(stringWidth(text), text).to.equal(columns);
  });

  it('leave what stands behind them aligned, whole or cut, with tabs and control characters in them', () => {
    const rows = TEXTS.flatMap(([text]) => [text, `${text}\t${text}\u0007${text} ${text} ${text}`]);
    for (const width of [null, 24, 40]) {
      const lines = draw(
        rows.map((name) => ({ name, count: 1 })),
        width,
      );
      const ends = lines.slice(1, -1).map((line) => stringWidth(line));
      expect(new Set(ends).size, `${width ?? 'any'}: ${ends.join(' ')}`).to.equal(1);
      if (width !== null) expect(ends[0]).to.be.at.most(width);
      else {
        const shown = rows.map(lineText);
        for (const [index, text] of shown.entries()) expect(lines[index + 1]).to.contain(text);
        expect(ends[0]).to.equal(Math.max(...shown.map((text) => stringWidth(text))) + '  COUNT  x'.length);
      }
    }
  });

  it('are cut between what readers take for characters', () => {
    const whole = new Set(
      TEXTS.flatMap(([text]) => [...new Intl.Segmenter('en').segment(text)].map((each) => each.segment)),
    );
    for (const [text] of TEXTS) {
      for (let width = 2; width < stringWidth(text); width += 1) {
        const cut = fitted(text, width);
        expect(stringWidth(cut), `${text} in ${width}`).to.be.at.most(width);
        for (const { segment } of new Intl.Segmenter('en').segment(cut.slice(0, -1))) expect(whole).to.include(segment);
      }
    }
    expect(fitted('漢字漢字', 5)).to.equal('漢字…');
    expect(fitted('👩‍👩‍👧👩‍👩‍👧', 3)).to.equal('👩‍👩‍👧…');
  });

  it('that run from right to left keep to their column on a terminal, and are as they are elsewhere', () => {
    const rows = [
      { name: 'שלום 3', count: 1 },
      { name: 'Mill', count: 2 },
    ];
    expect(draw(rows, 80)[1]).to.equal('\u2068שלום 3\u2069      1  x');
    expect(draw(rows)[1]).to.equal('שלום 3      1  x');
    expect(draw(rows, 80)[2]).to.equal('Mill        2  x');
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
