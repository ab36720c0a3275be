import { expect } from 'chai';
import { faultOf } from '../../infrastructure/contracts/fault-of.ts';
import { momentIn, startOfDay, wallOf, withOffset } from './moment.ts';

function at(wall: string, zone: string): string {
  return momentIn({ wall }, zone, 'scheduledDate').toISOString();
}

async function refusal(wall: string, zone: string): Promise<string> {
  const { code, details } = await faultOf(() => at(wall, zone));
  expect(code).to.equal('validation_failed');
  return details.map(({ field, message }) => `${field} ${message}`).join();
}

describe('a moment that comes in', () => {
  it('is itself where it has an offset', () => {
    const date = new Date('2027-03-28T00:30:00Z');
    expect(momentIn(date, 'Europe/Berlin', 'from')).to.equal(date);
  });

  it('without one is what the clocks of the zone show', () => {
    expect(at('2027-01-08T19:00', 'Europe/Berlin')).to.equal('2027-01-08T18:00:00.000Z');
    expect(at('2027-07-08T19:00', 'Europe/Berlin')).to.equal('2027-07-08T17:00:00.000Z');
    expect(at('2027-01-08T19:00:30.250', 'Asia/Kathmandu')).to.equal('2027-01-08T13:15:30.250Z');
    expect(at('2027-01-08T19:00', 'America/St_Johns')).to.equal('2027-01-08T22:30:00.000Z');
    expect(at('2027-01-08T00:00', 'Pacific/Kiritimati')).to.equal('2027-01-07T10:00:00.000Z');
    expect(at('1900-01-01T00:00', 'UTC')).to.equal('1900-01-01T00:00:00.000Z');
    expect(at('1937-01-01T12:00', 'Europe/Amsterdam')).to.match(/^1937-01-01T1[12]:/);
  });

  it('is refused where the clocks skip it, with the readings', async () => {
    expect(await refusal('2027-03-28T02:30', 'Europe/Berlin')).to.equal(
      'scheduledDate does not exist in Europe/Berlin, where the clocks skip that time: ' +
        'write 2027-03-28T01:30:00+01:00 or 2027-03-28T03:30:00+02:00',
    );
    for (const [wall, zone, ...readings] of [
      ['2027-03-14T02:00', 'America/New_York', '2027-03-14T01:00:00-05:00', '2027-03-14T03:00:00-04:00'],
      ['2018-11-04T00:00', 'America/Sao_Paulo', '2018-11-03T23:00:00-03:00', '2018-11-04T01:00:00-02:00'],
      ['2027-04-30T00:30', 'Africa/Cairo', '2027-04-29T23:30:00+02:00', '2027-04-30T01:30:00+03:00'],
      ['2027-03-28T00:15', 'Asia/Beirut', '2027-03-27T23:15:00+02:00', '2027-03-28T01:15:00+03:00'],
      ['2027-10-03T02:15', 'Australia/Lord_Howe', '2027-10-03T01:45:00+10:30', '2027-10-03T02:45:00+11:00'],
      ['2011-12-30T12:00', 'Pacific/Apia', '2011-12-29T12:00:00-10:00', '2011-12-31T12:00:00+14:00'],
    ] as const) {
      const told = await refusal(wall, zone);
      for (const reading of readings) {
        expect(told, zone).to.contain(reading);
        expect(withOffset(new Date(reading), zone), 'a reading exists').to.equal(reading);
      }
    }
  });

  it('is refused where the clocks show it twice, with the readings', async () => {
    for (const [wall, zone, ...readings] of [
      ['2027-10-31T02:30', 'Europe/Berlin', '2027-10-31T02:30:00+02:00', '2027-10-31T02:30:00+01:00'],
      ['2027-11-07T00:30', 'America/Havana', '2027-11-07T00:30:00-04:00', '2027-11-07T00:30:00-05:00'],
      ['2018-02-17T23:30', 'America/Sao_Paulo', '2018-02-17T23:30:00-02:00', '2018-02-17T23:30:00-03:00'],
      ['2027-10-28T23:59', 'Africa/Cairo', '2027-10-28T23:59:00+03:00', '2027-10-28T23:59:00+02:00'],
      ['2027-04-04T01:45', 'Australia/Lord_Howe', '2027-04-04T01:45:00+11:00', '2027-04-04T01:45:00+10:30'],
    ] as const) {
      const told = await refusal(wall, zone);
      expect(told, zone)
        .to.contain(`comes twice in ${zone}`)
        .and.contain(`write ${readings.join(' or ')}`);
    }
  });

  it('exists to the last second before a gap and from the first after it', () => {
    expect(at('2027-03-28T01:59:59', 'Europe/Berlin')).to.equal('2027-03-28T00:59:59.000Z');
    expect(at('2027-03-28T03:00:00', 'Europe/Berlin')).to.equal('2027-03-28T01:00:00.000Z');
    expect(at('2027-10-31T01:59:59', 'Europe/Berlin')).to.equal('2027-10-30T23:59:59.000Z');
    expect(at('2027-10-31T03:00:00', 'Europe/Berlin')).to.equal('2027-10-31T02:00:00.000Z');
    expect(at('2011-12-29T23:59:59', 'Pacific/Apia')).to.equal('2011-12-30T09:59:59.000Z');
    expect(at('2011-12-31T00:00:00', 'Pacific/Apia')).to.equal('2011-12-30T10:00:00.000Z');
  });

  it('is refused where UTC has another year than can be told', async () => {
    expect(await refusal('9999-12-31T23:30', 'America/New_York')).to.match(/of the years 1900 to 9999/);
    expect(await refusal('1900-01-01T00:30', 'Asia/Tokyo')).to.match(/of the years 1900 to 9999/);
  });
});

describe('a day', () => {
  const begins = (day: string, zone: string): string | null =>
    startOfDay(Date.parse(`${day}T00:00Z`), zone)?.toISOString() ?? null;

  it('begins at midnight where there is one', () => {
    expect(begins('2026-12-05', 'Europe/Berlin')).to.equal('2026-12-04T23:00:00.000Z');
    expect(begins('2026-12-05', 'Pacific/Kiritimati')).to.equal('2026-12-04T10:00:00.000Z');
  });

  it('begins as the clocks go on where they skip midnight', () => {
    for (const [day, zone, instant] of [
      ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
      ['2027-04-30', 'Africa/Cairo', '2027-04-29T22:00:00.000Z'],
      ['2027-03-28', 'Asia/Beirut', '2027-03-27T22:00:00.000Z'],
      ['2027-03-14', 'America/Havana', '2027-03-14T05:00:00.000Z'],
      ['2022-09-11', 'America/Santiago', '2022-09-11T04:00:00.000Z'],
    ] as const) {
      expect(begins(day, zone), zone).to.equal(instant);
      expect(new Date(wallOf(new Date(instant), zone)).toISOString(), zone).to.equal(`${day}T01:00:00.000Z`);
    }
  });

  it('begins at the first of two midnights', () => {
    expect(begins('2027-11-07', 'America/Havana')).to.equal('2027-11-07T04:00:00.000Z');
    expect(begins('2018-02-18', 'America/Sao_Paulo')).to.equal('2018-02-18T03:00:00.000Z');
  });

  it('is not there where a zone changed sides of the date line', () => {
    expect(begins('2011-12-30', 'Pacific/Apia')).to.equal(null);
    expect(begins('2011-12-31', 'Pacific/Apia')).to.equal('2011-12-30T10:00:00.000Z');
    expect(begins('1993-08-21', 'Pacific/Kwajalein')).to.equal(null);
    expect(begins('1994-12-31', 'Pacific/Kiritimati')).to.equal(null);
  });
});

describe('a moment in a zone', () => {
  it('is told with its offset, in UTC where that has seconds', () => {
    expect(withOffset(new Date('2027-01-08T18:00:00Z'), 'Europe/Berlin')).to.equal('2027-01-08T19:00:00+01:00');
    expect(withOffset(new Date('2027-01-08T18:00:00Z'), 'America/St_Johns')).to.equal('2027-01-08T14:30:00-03:30');
    expect(withOffset(new Date('2027-01-08T18:00:00Z'), 'UTC')).to.equal('2027-01-08T18:00:00+00:00');
    expect(withOffset(new Date('1900-01-08T18:00:00Z'), 'Africa/Monrovia')).to.equal('1900-01-08T18:00:00.000Z');
  });

  it('is right after more zones than are kept', () => {
    for (const zone of Intl.supportedValuesOf('timeZone')) withOffset(new Date(0), zone);
    expect(withOffset(new Date(0), 'Asia/Tokyo')).to.equal('1970-01-01T09:00:00+09:00');
  });
});
