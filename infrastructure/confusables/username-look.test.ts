import { expect } from 'chai';
import { loadUsernameLook } from './username-look.ts';

describe('the look of a user name', () => {
  let usernameLook: (username: string) => string;
  before(async () => {
    usernameLook = await loadUsernameLook();
  });

  it('is the same in letters of another script', () => {
    for (const [name, mimic] of [
      ['paypal', 'раураӏ'.replace('ӏ', 'l')],
      ['Anna', 'Аnnа'],
      ['scope', 'ѕсоре'],
      ['Ivan', 'Іvan'],
      ['ivan', 'іvаn'],
      ['Ivan', 'Ιvan'],
      ['NHK', 'ΝΗΚ'],
      ['TOM', 'ТОМ'],
      ['BOB', 'ВОВ'],
      ['Zoe', 'Ζoе'],
      ['admin', 'аdmin'],
      ['Joe', 'Јое'],
      ['hans', 'հаnѕ'],
      ['gm', 'ɡm'],
      ['カート', 'カ一ト'],
      ['玉', '\u2f5f'],
      ['Sepp', 'Ꮪepp'],
      ['Åse', 'Å\u034fse'],
    ] as const) {
      expect(usernameLook(mimic), `${name} ${mimic}`).to.equal(usernameLook(name));
    }
  });

  it('is another for another name', () => {
    for (const [one, other] of [
      ['Marn', 'Mam'],
      ['anna1', 'annal'],
      ['gm0', 'gmo'],
      ['Zoe', 'Zoë'],
      ['Анна', 'Anna'],
      ['Елена', 'Elena'],
      ['李明', '李朋'],
      ['محمد', 'محمود'],
    ] as const) {
      expect(usernameLook(one), `${one} ${other}`).not.to.equal(usernameLook(other));
    }
  });

  it('does not depend on case or form', () => {
    for (const same of ['zoë', 'ZOË', 'Zoe\u0308', 'Ｚoë']) expect(usernameLook(same)).to.equal(usernameLook('Zoë'));
  });
});
