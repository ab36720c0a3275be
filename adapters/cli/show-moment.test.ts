import { expect } from 'chai';
import { showMoment } from './show-moment.ts';
import { viewerZone } from './viewer-zone.ts';

const now = new Date('2026-12-02T20:00:00Z');

function shown(instant: string | null, zone = 'Europe/Berlin', isTerminal = true): string {
  return showMoment(instant, { zone, now, isTerminal });
}

describe('showMoment', () => {
  it('says how far off, and when on the clock of the viewer', () => {
    expect(shown('2026-12-05T18:00:00Z')).to.equal('in 3 days, Sat 5 Dec 19:00');
    expect(shown('2026-12-05T18:00:00Z', 'America/New_York')).to.equal('in 3 days, Sat 5 Dec 13:00');
  });

  it('counts days on the calendar of the viewer', () => {
    expect(shown('2026-12-03T00:30:00Z')).to.equal('tomorrow, Thu 3 Dec 01:30');
    expect(shown('2026-12-03T00:30:00Z', 'America/New_York')).to.equal('today, Wed 2 Dec 19:30');
  });

  it('has words for every distance', () => {
    expect(shown('2026-12-02T20:00:10Z')).to.match(/^now, /);
    expect(shown('2026-12-02T20:20:00Z')).to.match(/^in 20 minutes, /);
    expect(shown('2026-12-02T19:59:00Z')).to.match(/^1 minute ago, /);
    expect(shown('2026-12-01T20:00:00Z')).to.match(/^yesterday, /);
    expect(shown('2026-11-20T20:00:00Z')).to.match(/^12 days ago, /);
    expect(shown('2026-12-23T20:00:00Z')).to.match(/^in 3 weeks, /);
    expect(shown('2027-03-02T20:00:00Z')).to.equal('in 3 months, Tue 2 Mar 2027 21:00');
    expect(shown('2023-12-02T20:00:00Z')).to.match(/^3 years ago, /);
  });

  it('is ISO 8601 with the offset of the viewer in a pipe', () => {
    expect(shown('2026-12-05T18:00:00Z', 'Europe/Berlin', false)).to.equal('2026-12-05T19:00+01:00');
    expect(shown('2026-12-05T18:00:00Z', 'UTC', false)).to.equal('2026-12-05T18:00+00:00');
    expect(shown('2026-12-05T18:00:00Z', 'Asia/Kolkata', false)).to.equal('2026-12-05T23:30+05:30');
  });

  it('shows nothing for no date', () => {
    expect(shown(null)).to.equal('');
  });
});

describe('viewerZone', () => {
  it("is TZ where it names a zone, else the system's, else UTC", () => {
    const system = new Intl.DateTimeFormat().resolvedOptions().timeZone;
    const before = process.env.TZ;
    process.env.TZ = 'Nowhere/AtAll';
    try {
      expect(viewerZone(process.env)).to.equal('UTC');
    } finally {
      if (before === undefined) delete process.env.TZ;
      else process.env.TZ = before;
    }
    expect(viewerZone({ TZ: 'Asia/Tokyo' })).to.equal('Asia/Tokyo');
    expect(viewerZone({ TZ: ':Asia/Tokyo' })).to.equal('Asia/Tokyo');
    expect(viewerZone({ TZ: 'Nowhere/AtAll' })).to.equal(system);
    expect(viewerZone({})).to.equal(system);
  });
});
