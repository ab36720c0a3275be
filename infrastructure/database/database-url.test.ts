import { expect } from 'chai';
import { parseDatabaseUrl, placeOfUrl } from './database-url.ts';

describe('a database URL', () => {
  it('is read as pg reads it', () => {
    for (const [url, expected] of [
      ['postgresql://me:a%40b@db:6543/x', { host: 'db', port: 6543, user: 'me', password: 'a@b', database: 'x' }],
      ['postgresql://me@[::1]:9/x', { host: '::1', port: 9, user: 'me', database: 'x' }],
      ['postgresql:///x?host=/run/pg', { host: '/run/pg', database: 'x' }],
      ['postgresql://%2Frun%2Fpg/x', { host: '/run/pg', database: 'x' }],
      ['postgresql://db/x?options=-c%20a.b%3D1', { host: 'db', database: 'x', options: '-c a.b=1' }],
      ['postgresql://db/x?application_name=y', { host: 'db', database: 'x' }],
    ] as const) {
      expect(parseDatabaseUrl(url), url).to.deep.equal(expected);
    }
    expect(parseDatabaseUrl('postgresql://db/x?sslmode=disable')).to.include({ ssl: false });
  });

  it('is told by host, port and database, and what the environment adds, but never by its password', () => {
    const url = 'postgresql://me:secret@db/x';
    expect(placeOfUrl(url, { PATH: '/bin' })).to.deep.equal({
      name: 'PostgreSQL at db:5432, database x',
      advice: 'Check DATABASE_URL and that PostgreSQL runs; then try again.',
    });
    const told = placeOfUrl(url, { PGPORT: '9', PGOPTIONS: '-c x=1', PGPASSWORD: 'secret', PGSSLMODE: '' });
    expect(told).to.deep.equal({
      name: 'PostgreSQL at db:9, database x',
      advice:
        'Check DATABASE_URL (PGPORT, PGPASSWORD, PGOPTIONS of the environment count as well) and that PostgreSQL runs; ' +
        'then try again.',
    });
    expect(placeOfUrl('postgresql://[::1]/x', {}).name).to.contain('[::1]:5432');
    expect(placeOfUrl('postgresql:///x?host=/run/pg', {}).name).to.contain('/run/pg/.s.PGSQL.5432');
  });

  it('that names a certificate which is not there is a fault of the configuration', () => {
    const url = 'postgresql://me:secret@db/x?sslmode=verify-full&sslrootcert=/nowhere/ca.pem';
    expect(() => placeOfUrl(url, {}))
      .to.throw(/DATABASE_URL names a file, \/nowhere\/ca\.pem, that cannot be read \(ENOENT\)/)
      .with.property('name', 'ConfigError');
  });
});
