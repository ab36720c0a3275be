import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { zoneSpelling } from '../../core/shared/time-zone.ts';
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

  it("stands beside its own zone, and beside the viewer's where that shows another time", () => {
    const own = (zone: string, viewer: string, isTerminal = true): string =>
      showMoment('2026-12-05T18:00:00Z', { zone: viewer, now, isTerminal }, zone);
    expect(own('Europe/Berlin', 'Europe/Berlin')).to.equal('in 3 days, Sat 5 Dec 19:00 Europe/Berlin');
    expect(own('Europe/Berlin', 'Europe/Paris')).to.equal('in 3 days, Sat 5 Dec 19:00 Europe/Berlin');
    expect(own('Europe/Berlin', 'America/New_York')).to.equal(
      'in 3 days, Sat 5 Dec 19:00 Europe/Berlin (13:00 America/New_York)',
    );
    expect(own('Europe/Berlin', 'Asia/Tokyo')).to.equal(
      'in 3 days, Sat 5 Dec 19:00 Europe/Berlin (Sun 6 Dec 03:00 Asia/Tokyo)',
    );
    expect(own('Asia/Kolkata', 'America/New_York', false)).to.equal('2026-12-05T23:30+05:30[Asia/Kolkata]');
  });

  it('shows nothing for no date', () => {
    expect(shown(null)).to.equal('');
  });
});

describe('viewerZone', () => {
  const refusal = (TZ: string): string => {
    try {
      return `taken for ${viewerZone({ TZ })}`;
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
  };

  it("is TZ's where it names a zone, else the system's", () => {
    expect(viewerZone({ TZ: 'Asia/Tokyo' })).to.equal('Asia/Tokyo');
    expect(viewerZone({ TZ: ':Asia/Tokyo' })).to.equal('Asia/Tokyo');
    expect(viewerZone({ TZ: 'asia/tokyo' })).to.equal('Asia/Tokyo');
    expect(viewerZone({ TZ: 'EST5EDT' }), 'a zone of IANA, not only a rule').to.equal('EST5EDT');
    const system = new Intl.DateTimeFormat().resolvedOptions().timeZone;
    expect([viewerZone({}), viewerZone({ TZ: '' })]).to.deep.equal(Array(2).fill(zoneSpelling(system) ?? 'UTC'));
  });

  it('is of the file that TZ names, wherever that leads', async () => {
    for (const path of [
      '/usr/share/zoneinfo/Europe/Berlin',
      '/usr/share/zoneinfo/posix/Europe/Berlin',
      '/usr/share/lib/zoneinfo/right/Europe/Berlin',
      '/nix/store/x-tzdata/share/zoneinfo/Europe/Berlin',
      '/var/db/timezone/zoneinfo/Europe/Berlin',
    ]) {
      for (const TZ of [path, `:${path}`]) expect(viewerZone({ TZ }), TZ).to.equal('Europe/Berlin');
    }
    const folder = await mkdtemp(join(tmpdir(), 'zone-'));
    try {
      const target = join(folder, 'zoneinfo', 'America', 'Havana');
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, 'TZif');
      await symlink(target, join(folder, 'localtime'));
      expect(viewerZone({ TZ: join(folder, 'localtime') })).to.equal('America/Havana');
      await copyFile(target, join(folder, 'copied'));
      expect(refusal(join(folder, 'copied'))).to.match(/must be an IANA time zone/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("is that of a rule of POSIX's without summer time", () => {
    for (const [TZ, zone] of [
      ['JST-9', 'Etc/GMT-9'],
      ['EST5', 'Etc/GMT+5'],
      ['<+03>-3', 'Etc/GMT-3'],
      ['<-05>+05', 'Etc/GMT+5'],
      ['UTC0', 'UTC'],
      ['UTC-0', 'UTC'],
      ['MSK-3:00', 'Etc/GMT-3'],
    ] as const) {
      expect(viewerZone({ TZ }), TZ).to.equal(zone);
    }
  });

  it('is refused with words where TZ says none, and never silently UTC', () => {
    for (const TZ of ['CET-1CEST', 'CET-1CEST,M3.5.0,M10.5.0/3', 'AEST-10AEDT', 'IST-5:30', '<+0545>-5:45', 'XYZ99']) {
      expect(refusal(TZ), TZ).to.equal(
        `The environment variable TZ="${TZ}" is a rule, and names no place. Set it to a zone such as TZ=Europe/Berlin.`,
      );
    }
    for (const TZ of [
      'Nowhere/AtAll',
      '/no/such/file',
      ':',
      ' ',
      'Europe/Atlantis',
      '+01:00',
      '/usr/share/zoneinfo/',
    ]) {
      expect(refusal(TZ), TZ).to.match(/must be an IANA time zone such as Europe\/Berlin/);
    }
    expect(refusal('IST')).to.match(/IST is an abbreviation. Is it Asia\/Kolkata/);
  });
});
