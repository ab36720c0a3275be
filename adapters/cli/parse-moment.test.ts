import { expect } from 'chai';
import { DomainError } from '../../core/shared/errors.ts';
import { parseMoment } from './parse-moment.ts';

/** A Monday. */
const NOW = new Date('2026-11-23T19:00:00.123Z');

async function read(text: string, zone = 'Europe/Berlin', wholeDay: 'refused' | 'first' | 'last' = 'refused') {
  const { date, hasOffset } = await parseMoment({ text, zone, now: NOW, option: '--at', wholeDay });
  return { at: date.toISOString(), hasOffset };
}

async function refusal(text: string, zone?: string): Promise<string> {
  try {
    const { at } = await read(text, zone);
    return `taken for ${at}`;
  } catch (error) {
    if (error instanceof DomainError) return error.message;
    throw error;
  }
}

describe('parseMoment', () => {
  it('reads a date and a time in the zone, in winter and in summer', async () => {
    expect(await read('2026-12-05 19:00')).to.deep.equal({ at: '2026-12-05T18:00:00.000Z', hasOffset: false });
    expect((await read('2026-07-05T19:00')).at).to.equal('2026-07-05T17:00:00.000Z');
    expect((await read('2026-12-05 9:30', 'America/New_York')).at).to.equal('2026-12-05T14:30:00.000Z');
  });

  it('reads RFC 3339 whatever the zone', async () => {
    const expected = { at: '2026-12-05T19:00:00.000Z', hasOffset: true };
    expect(await read('2026-12-05T19:00:00Z')).to.deep.equal(expected);
    expect(await read('2026-12-05T21:30:00.000+02:30', 'Asia/Tokyo')).to.deep.equal(expected);
    expect(await read('2026-12-05T20:00+01:00')).to.deep.equal(expected);
  });

  it('reads words in the zone', async () => {
    expect((await read('friday 19:00')).at).to.equal('2026-11-27T18:00:00.000Z');
    expect((await read('tomorrow at 7pm', 'America/New_York')).at).to.equal('2026-11-25T00:00:00.000Z');
    expect((await read('5 december 19:00')).at).to.equal('2026-12-05T18:00:00.000Z');
    expect(await read('in 2 hours')).to.deep.equal({ at: '2026-11-23T21:00:00.000Z', hasOffset: true });
  });

  it('counts days from the day that it is in the zone', async () => {
    expect((await read('tomorrow 08:00', 'Asia/Tokyo')).at, 'in Tokyo it is Tuesday').to.equal(
      '2026-11-24T23:00:00.000Z',
    );
  });

  it('keeps the time on the clock across the change to summer time', async () => {
    expect((await read('1 april 2027 19:00')).at).to.equal('2027-04-01T17:00:00.000Z');
  });

  it('refuses a date that does not exist', async () => {
    expect(await refusal('2026-02-30 19:00')).to.match(/^--at: "2026-02-30 19:00" does not exist/);
    expect(await refusal('2026-12-05 25:00')).to.match(/does not exist/);
    expect(await refusal('2026-02-30T19:00:00Z')).to.match(/does not exist/);
    expect(await refusal('30 february 2026 19:00')).to.match(/not a date that is understood/);
  });

  it('refuses the hour that the clocks skip', async () => {
    expect(await refusal('2027-03-28 02:30')).to.match(/does not exist in Europe\/Berlin, where the clocks skip/);
    expect(await refusal('28 march 2027 02:30')).to.match(/clocks skip/);
    expect((await read('2027-03-28 02:30', 'UTC')).at).to.equal('2027-03-28T02:30:00.000Z');
  });

  it('takes the earlier of two', async () => {
    expect((await read('2027-10-31 02:30')).at).to.equal('2027-10-31T00:30:00.000Z');
  });

  it('asks for the time of day, unless a whole day is meant', async () => {
    expect(await refusal('2026-12-05')).to.match(/at what time\? Write "2026-12-05 19:00"/);
    expect(await refusal('tonight')).to.match(/at what time/);
    expect((await read('2026-12-05', 'Europe/Berlin', 'first')).at).to.equal('2026-12-04T23:00:00.000Z');
    expect((await read('2026-12-05', 'Europe/Berlin', 'last')).at).to.equal('2026-12-05T22:59:00.000Z');
    expect((await read('today', 'Europe/Berlin', 'first')).at).to.equal('2026-11-22T23:00:00.000Z');
  });

  it('refuses what can be read in two ways, and what it understands only in part', async () => {
    expect(await refusal('5/12/2026 19:00')).to.match(/which is the day and which the month/);
    expect(await refusal('5.12. 19:00')).to.match(/which is the day/);
    expect(await refusal('not friday 19:00')).to.match(/not a date that is understood/);
    expect(await refusal('friday 19:00 to 23:00')).to.match(/not a date that is understood/);
    expect(await refusal('whenever')).to.match(/not a date that is understood/);
  });

  it('refuses a zone that is none', async () => {
    expect(await refusal('2026-12-05 19:00', 'Europe/Atlantis')).to.match(/^--tz: "Europe\/Atlantis" is not/);
    expect(await refusal('2026-12-05 19:00', '+01:00')).to.match(/^--tz: "\+01:00" is not/);
  });
});
