import { expect } from 'chai';
import { faultOf } from '../../infrastructure/contracts/fault-of.ts';
import { checkTimeZone, zoneSpelling } from './time-zone.ts';
import { ABBREVIATIONS } from './zone-abbreviations.ts';

/** As the IANA database spells them: zones, aliases of its `backward` file, and names with their own ideas of case. */
const NAMES = (
  'Europe/Berlin America/New_York America/Argentina/Buenos_Aires America/Port-au-Prince America/Port_of_Spain ' +
  'Africa/Dar_es_Salaam Europe/Isle_of_Man Asia/Ust-Nera America/North_Dakota/New_Salem America/Blanc-Sablon ' +
  'Antarctica/DumontDUrville Antarctica/McMurdo America/St_Johns Etc/GMT+5 Etc/GMT-14 Etc/UTC Etc/UCT Etc/Greenwich ' +
  'Asia/Kolkata Asia/Calcutta Europe/Kyiv Europe/Kiev America/Nuuk Asia/Ho_Chi_Minh Asia/Saigon US/Eastern ' +
  'US/East-Indiana Australia/ACT Australia/LHI Australia/NSW Brazil/DeNoronha Chile/EasterIsland Mexico/BajaSur ' +
  'America/Knox_IN America/Argentina/ComodRivadavia America/Buenos_Aires UTC GMT GMT+0 Zulu CET EST5EDT GB-Eire ' +
  'NZ-CHAT W-SU PRC ROK Japan Hongkong'
).split(' ');

describe('a time zone', () => {
  for (const name of NAMES) {
    it(`is ${name}, in whatever case it is written`, () => {
      for (const written of [name, name.toLowerCase(), name.toUpperCase()]) {
        expect(zoneSpelling(written)).to.equal(name);
      }
    });
  }

  it('is whatever zone the runtime knows', () => {
    for (const name of Intl.supportedValuesOf('timeZone')) expect(zoneSpelling(name.toLowerCase())).to.equal(name);
  });

  for (const name of [
    ...['+01:00', '-05:00', '+0100', 'UTC+1', 'GMT+1', 'Mars/Olympus', '', ' ', ' UTC', 'UTC\u0000', 'Europe/'],
    ...[
      'Europe/Berlin ',
      'Europe/Berlin/',
      '/etc/localtime',
      ':Europe/Berlin',
      'SystemV/EST5',
      'Etc/Unknown',
      'Factory',
    ],
  ]) {
    it(`is not ${JSON.stringify(name)}`, async () => {
      const { code, details } = await faultOf(() => checkTimeZone(name));
      expect(code).to.equal('validation_failed');
      expect(details).to.deep.equal([
        { field: 'timeZone', message: 'must be an IANA time zone such as Europe/Berlin or UTC' },
      ]);
    });
  }

  it('is no abbreviation, and whoever gives one is asked which place is meant', async () => {
    const asked = async (name: string): Promise<string> => (await faultOf(() => checkTimeZone(name))).message;
    expect(await asked('EST')).to.contain('Is it America/New_York, America/Toronto or America/Panama?');
    expect(await asked('ist')).to.contain('Is it Asia/Kolkata, Europe/Dublin or Asia/Jerusalem?');
    expect(await asked('JST')).to.contain('JST is an abbreviation. Is it Asia/Tokyo?');
    const zones = ['CET', 'EET', 'HST', 'WET'];
    for (const name of ABBREVIATIONS.keys()) {
      if (!zones.includes(name)) expect(await asked(name), name).to.contain('is an abbreviation');
    }
    expect(zones.map(zoneSpelling), 'the IANA database has these').to.deep.equal(zones);
  });

  it('is whatever is proposed for an abbreviation', () => {
    for (const name of [...ABBREVIATIONS.values()].flat()) expect(zoneSpelling(name)).to.equal(name);
  });
});
