import { expect } from 'chai';
import { DomainError } from '../../core/shared/errors.ts';
import { parseMoment } from './parse-moment.ts';

/** A Monday, 20:00 in Berlin. */
const NOW = new Date('2026-11-23T19:00:00.123Z');

type Use = 'appointment' | 'from' | 'to';

async function read(text: string, zone = 'Europe/Berlin', use: Use = 'appointment', now = NOW): Promise<string> {
  return (await parseMoment({ text, zone, now, option: '--at', use })).toISOString();
}

async function refusal(text: string, zone?: string, use?: Use): Promise<string> {
  try {
    return `taken for ${await read(text, zone, use)}`;
  } catch (error) {
    if (error instanceof DomainError) return error.message;
    throw error;
  }
}

/** The days that a filter takes, in UTC: from the first instant of one to the last of another. */
async function days(text: string, now = NOW): Promise<readonly [string, string]> {
  const [first, last] = [await read(text, 'UTC', 'from', now), await read(text, 'UTC', 'to', now)];
  expect([first.slice(10), last.slice(10)], text).to.deep.equal(['T00:00:00.000Z', 'T23:59:59.999Z']);
  return [first.slice(0, 10), last.slice(0, 10)];
}

describe('parseMoment', () => {
  it('reads a date and a time in the zone, in winter and in summer', async () => {
    expect(await read('2026-12-05 19:00')).to.equal('2026-12-05T18:00:00.000Z');
    expect(await read('2026-07-05T19:00')).to.equal('2026-07-05T17:00:00.000Z');
    expect(await read('2026-12-05 9:30', 'America/New_York')).to.equal('2026-12-05T14:30:00.000Z');
    expect(await read(' 2026-12-05 19:00:30.5 ', 'UTC')).to.equal('2026-12-05T19:00:30.500Z');
  });

  it('reads RFC 3339 whatever the zone', async () => {
    for (const text of ['2026-12-05T19:00:00Z', '2026-12-05T21:30:00.000+02:30', '2026-12-05T20:00+01:00']) {
      expect(await read(text, 'Asia/Tokyo')).to.equal('2026-12-05T19:00:00.000Z');
    }
    expect(await read('2026-12-05t19:00z')).to.equal('2026-12-05T19:00:00.000Z');
  });

  it('reads times as people write them', async () => {
    for (const text of [
      ...['2026-12-05 7pm', '2026-12-05 7 pm', '2026-12-05 19.00', '2026-12-05 at 19:00', '2026/12/05 19:00'],
      ...['5 december 19:00', 'dec 5 7pm', '5 dec 2026 7.00 pm', 'december 5, 7:00 p.m.', 'sat 5 dec 19.00'],
    ]) {
      expect(await read(text), text).to.equal('2026-12-05T18:00:00.000Z');
    }
    for (const text of [
      'friday 19.30',
      'friday 7.30 pm',
      'friday, 19:30',
      '19:30 friday',
      'fri 7:30pm',
      'this friday 19:30',
    ]) {
      expect(await read(text), text).to.equal('2026-11-27T18:30:00.000Z');
    }
    expect(await read('19.30', 'UTC'), 'no month is called 30').to.equal('2026-11-23T19:30:00.000Z');
    expect(await read('friday 5.12', 'UTC'), 'the day is said already').to.equal('2026-11-27T05:12:00.000Z');
  });

  it('reads words in the zone', async () => {
    expect(await read('tomorrow at 7pm', 'America/New_York')).to.equal('2026-11-25T00:00:00.000Z');
    expect(await read('in 2 hours')).to.equal('2026-11-23T21:00:00.000Z');
    expect(await read('in 30 sec')).to.equal('2026-11-23T19:00:30.000Z');
    expect(await read('in 90 mins')).to.equal('2026-11-23T20:30:00.000Z');
    expect(await read('5 minutes ago')).to.equal('2026-11-23T18:55:00.000Z');
    expect(await read('now')).to.equal('2026-11-23T19:00:00.000Z');
    expect(await read('friday 19:00 UTC')).to.equal('2026-11-27T19:00:00.000Z');
    expect(await read('friday 19:00 +02:00')).to.equal('2026-11-27T17:00:00.000Z');
    expect(await read('1 april 2027 19:00'), 'across the change to summer time').to.equal('2027-04-01T17:00:00.000Z');
    expect(await read('tomorrow 08:00', 'Asia/Tokyo'), 'where it is Tuesday').to.equal('2026-11-24T23:00:00.000Z');
  });

  it('takes an appointment for the next such time, unless it is said to be past', async () => {
    const at = (text: string): Promise<string> => read(text, 'UTC');
    expect(await at('friday 19:00')).to.equal('2026-11-27T19:00:00.000Z');
    expect(await at('next friday 19:00')).to.equal('2026-12-04T19:00:00.000Z');
    expect(await at('friday next week 19:00')).to.equal('2026-12-04T19:00:00.000Z');
    expect(await at('monday 21:00'), 'today, later').to.equal('2026-11-23T21:00:00.000Z');
    expect(await at('monday 18:00'), 'gone today').to.equal('2026-11-30T18:00:00.000Z');
    expect(await at('this monday 21:00')).to.equal('2026-11-23T21:00:00.000Z');
    const saturday = new Date('2026-11-28T12:00:00Z');
    expect(await read('this friday 19:00', 'UTC', 'appointment', saturday)).to.equal('2026-12-04T19:00:00.000Z');
    expect(await at('18:00')).to.equal('2026-11-24T18:00:00.000Z');
    expect(await at('november 20 19:00')).to.equal('2027-11-20T19:00:00.000Z');
    for (const text of ['last friday 19:00', 'past friday 19:00', 'previous friday at 7pm', 'Last  Friday 19.00']) {
      expect(await at(text), text).to.equal('2026-11-20T19:00:00.000Z');
    }
    expect(await at('last monday 19:00')).to.equal('2026-11-16T19:00:00.000Z');
    expect(await at('yesterday 19:00')).to.equal('2026-11-22T19:00:00.000Z');
    expect(await at('3 days ago 19:00')).to.equal('2026-11-20T19:00:00.000Z');
  });

  it('lets a filter look back', async () => {
    expect(await days('friday')).to.deep.equal(['2026-11-20', '2026-11-20']);
    expect(await days('tuesday'), 'not tomorrow').to.deep.equal(['2026-11-17', '2026-11-17']);
    expect(await days('monday'), 'today').to.deep.equal(['2026-11-23', '2026-11-23']);
    expect(await days('last monday')).to.deep.equal(['2026-11-16', '2026-11-16']);
    expect(await days('last friday')).to.deep.equal(['2026-11-20', '2026-11-20']);
    expect(await days('this friday'), 'of this week').to.deep.equal(['2026-11-27', '2026-11-27']);
    expect(await days('next friday')).to.deep.equal(['2026-12-04', '2026-12-04']);
    expect(await days('5 december')).to.deep.equal(['2025-12-05', '2025-12-05']);
    expect(await days('5 december 2026')).to.deep.equal(['2026-12-05', '2026-12-05']);
    expect(await days('november 20')).to.deep.equal(['2026-11-20', '2026-11-20']);
    expect(await days('today')).to.deep.equal(['2026-11-23', '2026-11-23']);
    expect(await days('tomorrow')).to.deep.equal(['2026-11-24', '2026-11-24']);
    expect(await days('3 days ago')).to.deep.equal(['2026-11-20', '2026-11-20']);
    expect(await read('18:00', 'UTC', 'from')).to.equal('2026-11-23T18:00:00.000Z');
    expect(await read('20:00', 'UTC', 'from'), 'not yet today').to.equal('2026-11-22T20:00:00.000Z');
    expect(await read('monday 20:00', 'UTC', 'from'), 'not yet today').to.equal('2026-11-16T20:00:00.000Z');
    expect(await read('thursday 20:00', 'UTC', 'to')).to.equal('2026-11-19T20:00:00.000Z');
  });

  it('knows weeks, weekends, months and years as a whole', async () => {
    expect(await days('this week')).to.deep.equal(['2026-11-23', '2026-11-29']);
    expect(await days('last week')).to.deep.equal(['2026-11-16', '2026-11-22']);
    expect(await days('next week')).to.deep.equal(['2026-11-30', '2026-12-06']);
    expect(await days('previous weekend')).to.deep.equal(['2026-11-21', '2026-11-22']);
    expect(await days('this month')).to.deep.equal(['2026-11-01', '2026-11-30']);
    expect(await days('next month')).to.deep.equal(['2026-12-01', '2026-12-31']);
    expect(await days('last year')).to.deep.equal(['2025-01-01', '2025-12-31']);
    expect(await days('february')).to.deep.equal(['2026-02-01', '2026-02-28']);
    expect(await days('december')).to.deep.equal(['2025-12-01', '2025-12-31']);
    expect(await days('december 2026')).to.deep.equal(['2026-12-01', '2026-12-31']);
    const sunday = new Date('2027-01-03T23:00:00Z');
    expect(await days('this week', sunday)).to.deep.equal(['2026-12-28', '2027-01-03']);
    expect(await days('next week', sunday)).to.deep.equal(['2027-01-04', '2027-01-10']);
    expect(await days('last month', sunday)).to.deep.equal(['2026-12-01', '2026-12-31']);
  });

  it('counts days and weeks by the calendar of the zone', async () => {
    const monday = new Date('2026-11-22T20:00:00Z');
    expect(await read('this week', 'Asia/Tokyo', 'from', monday)).to.equal('2026-11-22T15:00:00.000Z');
    expect(await read('this week', 'America/New_York', 'from', monday)).to.equal('2026-11-16T05:00:00.000Z');
  });

  it('begins a day at its first instant, and ends it before the next one does', async () => {
    for (const [day, zone, first, last] of [
      ['2026-12-05', 'Europe/Berlin', '2026-12-04T23:00:00.000Z', '2026-12-05T22:59:59.999Z'],
      ['2027-03-28', 'Europe/Berlin', '2027-03-27T23:00:00.000Z', '2027-03-28T21:59:59.999Z'],
      ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z', '2018-11-05T01:59:59.999Z'],
      ['2018-11-03', 'America/Sao_Paulo', '2018-11-03T03:00:00.000Z', '2018-11-04T02:59:59.999Z'],
      ['2027-04-30', 'Africa/Cairo', '2027-04-29T22:00:00.000Z', '2027-04-30T20:59:59.999Z'],
      ['2027-03-28', 'Asia/Beirut', '2027-03-27T22:00:00.000Z', '2027-03-28T20:59:59.999Z'],
      ['2027-11-07', 'America/Havana', '2027-11-07T04:00:00.000Z', '2027-11-08T04:59:59.999Z'],
      ['2011-12-29', 'Pacific/Apia', '2011-12-29T10:00:00.000Z', '2011-12-30T09:59:59.999Z'],
    ] as const) {
      expect([await read(day, zone, 'from'), await read(day, zone, 'to')], `${day} ${zone}`).to.deep.equal([
        first,
        last,
      ]);
    }
    for (const use of ['from', 'to'] as const) {
      expect(await refusal('2011-12-30', 'Pacific/Apia', use)).to.match(
        /does not exist in Pacific\/Apia.*skips that day/,
      );
    }
  });

  it('asks which is meant where the weekday is not that of the day', async () => {
    for (const text of ['monday 27 november 19:00', 'tuesday, december 5 19:00', 'monday 2026-12-05 19:00']) {
      expect(await refusal(text), text).to.match(/a weekday and a day that is another one/);
    }
    expect(await read('friday 27 november 19:00')).to.equal('2026-11-27T18:00:00.000Z');
  });

  it('refuses a date that does not exist', async () => {
    expect(await refusal('2026-02-30 19:00')).to.match(/^--at: "2026-02-30 19:00" does not exist/);
    for (const text of [
      '2026-12-05 25:00',
      '2026-02-30T19:00:00Z',
      '2026-02-30',
      '2026-13-01 19:00',
      '2027-02-29T19:00',
    ]) {
      expect(await refusal(text), text).to.match(/does not exist/);
    }
    for (const text of ['30 february 2026 19:00', '2026-02-30 7pm', 'friday 25:00', 'friday 19:75']) {
      expect(await refusal(text), text).to.match(/not a date that is understood/);
    }
  });

  it('refuses what the clocks skip or show twice, and tells how to say it', async () => {
    expect(await refusal('2027-03-28 02:30')).to.equal(
      '--at: "2027-03-28 02:30" does not exist in Europe/Berlin, where the clocks skip that time: ' +
        'write 2027-03-28T01:30:00+01:00 or 2027-03-28T03:30:00+02:00.',
    );
    expect(await refusal('28 march 2027 02:30')).to.match(/clocks skip/);
    expect(await refusal('2027-10-31 02:30')).to.match(/comes twice .*T02:30:00\+02:00 or .*T02:30:00\+01:00\.$/);
    expect(await refusal('2018-11-04 00:00', 'America/Sao_Paulo', 'from')).to.match(/clocks skip/);
    expect(await read('2027-03-28 02:30', 'UTC')).to.equal('2027-03-28T02:30:00.000Z');
    expect(await read('2027-10-31T02:30:00+01:00')).to.equal('2027-10-31T01:30:00.000Z');
  });

  it('asks for the day and the time of an appointment', async () => {
    expect(await refusal('2026-12-05')).to.match(/at what time\? Write "2026-12-05 19:00"/);
    for (const text of ['tonight', 'friday', 'friday evening', 'tomorrow', 'in 3 days']) {
      expect(await refusal(text), text).to.match(/at what time/);
    }
    for (const text of ['this week', 'next month', 'last weekend', 'next year']) {
      expect(await refusal(text), text).to.match(/is no day\. On which one/);
    }
    for (const text of ['next week 19:00', 'this week friday', 'this month 19:00', 'december 2026 19:00']) {
      expect(await refusal(text), text).to.match(/not a date that is understood|names no day/);
    }
  });

  it('asks which place an abbreviation means', async () => {
    expect(await refusal('friday 7pm EST')).to.equal(
      '--at: in "friday 7pm EST", is EST America/New_York, America/Toronto or America/Panama? ' +
        'Leave it out, and give --tz.',
    );
    for (const [text, place] of [
      ['friday 19:00 ist', 'Asia/Kolkata'],
      ['2026-12-05 19:00 CST', 'America/Chicago'],
      ['2026-12-05T19:00 EDT', 'America/Panama'],
      ['tomorrow 7pm PST', 'America/Los_Angeles'],
      ['friday 19:00 BST', 'Asia/Dhaka'],
      ['friday 19:00 mez', 'Europe/Vienna'],
      ['friday 19:00 CET', 'Europe/Paris'],
      ['friday 7 pm WITA', 'WITA'],
      ['friday 19:00 NFT', 'NFT'],
      ['2026-12-05 7 pm AEDT', 'Australia/Sydney'],
    ] as const) {
      expect(await refusal(text), text)
        .to.contain(place)
        .and.contain('give --tz');
      expect(await refusal(text, 'UTC', 'from'), text).to.contain(place);
    }
  });

  it('refuses what can be read in two ways, and what it understands only in part', async () => {
    for (const text of [
      '5/12/2026 19:00',
      '5.12. 19:00',
      '5-12 19:00',
      '7.12',
      '5.12 19:00',
      '8/1/2027',
      '5.12.2026',
    ]) {
      expect(await refusal(text), text).to.match(/which is the day and which the month/);
    }
    for (const text of [
      ...['not friday 19:00', 'friday 19:00 to 23:00', 'whenever', '', 'friday 7', 'friday 1900', 'friday 20h'],
      ...[
        'last friday of november',
        'friday 19:00 or saturday',
        'the 27th 19:00',
        '2026',
        'friday 19:00 Europe/Berlin',
      ],
    ]) {
      expect(await refusal(text), text).to.match(/not a date that is understood/);
    }
  });
});
