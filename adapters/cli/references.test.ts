import { expect } from 'chai';
import { DomainError } from '../../core/shared/errors.ts';
import { searchKey } from '../../core/shared/search-key.ts';
import { campaignId } from './campaign-reference.ts';
import { type Caller, makeCaller } from './caller.ts';
import { sessionId } from './session-reference.ts';

const FIRST = '01939c5e-7b1f-7cc3-9a3e-2f0daaaabbbb';
const SECOND = '01939c5e-7b1f-7cc3-9a3e-2f0dccccbbbb';
/** A name that is also the ending of another's id. */
const NAMED = '01939c5e-7b1f-7cc3-9a3e-2f0d00000001';

function campaign(id: string, name: string): { readonly id: string; readonly name: string } {
  return {
    ...{ id, name, description: null, setting: null, theme: null, tone: null, system: null },
    ...{ playerCount: 4, partyLevel: 1, timeZone: 'UTC', status: 'active', ownerId: id, role: 'owner', abilities: [] },
    ...{ createdAt: '2026-11-23T19:00:00.000Z', updatedAt: '2026-11-23T19:00:00.000Z' },
  };
}

interface Asked {
  readonly operation: string;
  readonly params?: unknown;
  readonly query: unknown;
}

/** As the API answers a list, but for its pages: a question that would read on is a fault. */
function callerOf(campaigns: readonly { readonly id: string; readonly name: string }[]): Caller & {
  readonly asked: readonly Asked[];
} {
  const asked: Asked[] = [];
  const caller = makeCaller((operation, { params, query }) => {
    asked.push({ operation, ...(params !== undefined && { params }), query });
    const { limit, ...asking }: { readonly limit?: unknown; readonly name?: unknown; readonly idEnding?: unknown } = {
      ...(typeof query === 'object' && query),
    };
    const found = campaigns.filter(
      ({ id, name }) =>
        (typeof asking.name !== 'string' || searchKey(name) === searchKey(asking.name)) &&
        (typeof asking.idEnding !== 'string' || id.endsWith(asking.idEnding.toLowerCase())),
    );
    return Promise.resolve({ body: operation === 'listCampaigns' ? found.slice(0, Number(limit)) : [], next: null });
  });
  return { ...caller, asked };
}

async function faultOf(work: Promise<string>): Promise<DomainError | string> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}

describe('references', () => {
  it('list the candidates of an ending that fits several', async () => {
    const caller = callerOf([campaign(FIRST, 'One'), campaign(SECOND, 'Two \u001b[2J'), campaign(NAMED, 'Three')]);
    const fault = await faultOf(campaignId(caller, 'bbbb'));
    expect(fault).to.include({ kind: 'invalid' });
    expect(String(fault)).to.contain('One (aaaabbbb), Two �[2J (ccccbbbb)').and.not.contain('Three');
    expect(await campaignId(caller, 'cbbbb')).to.equal(SECOND);
    expect(await campaignId(caller, 'ABBBB')).to.equal(FIRST);
  });

  it('prefer a name to an ending', async () => {
    expect(await campaignId(callerOf([campaign(FIRST, 'One'), campaign(NAMED, 'abbbb')]), 'abbbb')).to.equal(NAMED);
  });

  it('take a name in any spelling, and prefer the one that was typed', async () => {
    const caller = callerOf([campaign(FIRST, 'Ossel'), campaign(SECOND, 'Ossél'), campaign(NAMED, 'Straße')]);

    expect(await campaignId(caller, 'STRASSE')).to.equal(NAMED);
    expect(await campaignId(caller, 'Ossel')).to.equal(FIRST);
    expect(await campaignId(caller, 'Osse\u0301l')).to.equal(SECOND);
    expect(String(await faultOf(campaignId(caller, 'OSSEL')))).to.contain('Ossel (aaaabbbb), Ossél (ccccbbbb)');
  });

  it('look nothing up for a full id', async () => {
    const caller = callerOf([]);
    expect(await campaignId(caller, FIRST)).to.equal(FIRST);
    expect(await sessionId(caller, FIRST.toUpperCase(), undefined)).to.equal(FIRST);
    expect(caller.asked).to.deep.equal([]);
  });

  it('look for the end of an id in the campaign that was named only', async () => {
    const caller = callerOf([campaign(FIRST, 'One'), campaign(SECOND, 'Two')]);
    expect(await faultOf(sessionId(caller, 'abcd', 'One'))).to.include({ kind: 'not-found' });
    const query = { idEnding: 'abcd', limit: 7 };
    expect(caller.asked).to.deep.equal([
      { operation: 'listCampaigns', query: { name: 'One', limit: 7 } },
      { operation: 'listSessions', params: { campaignId: FIRST }, query },
    ]);
    await faultOf(sessionId(caller, 'abcd', undefined));
    expect(caller.asked.slice(2)).to.deep.equal([{ operation: 'listMySessions', query }]);
  });

  it('ask for the one session with a number, and for none where none can be', async () => {
    const caller = callerOf([campaign(FIRST, 'One')]);
    for (const reference of ['One#3', '#3', '3']) {
      expect(await faultOf(sessionId(caller, reference, FIRST))).to.include({ kind: 'not-found' });
      const query = { number: 3, limit: 7 };
      expect(caller.asked.at(-1)).to.deep.equal({ operation: 'listSessions', params: { campaignId: FIRST }, query });
    }
    const before = caller.asked.length;
    for (const reference of ['#0', '#1000001', '#9999999']) {
      expect(await faultOf(sessionId(caller, reference, FIRST))).to.include({ kind: 'not-found' });
    }
    expect(caller.asked).to.have.length(before);
  });

  it('name six candidates and say that there are more, having asked for no more than that takes', async () => {
    const many = Array.from({ length: 30 }, (_, n) => campaign(FIRST.replace(/^../, String(10 + n)), `No. ${n}`));
    const caller = callerOf(many);
    expect(String(await faultOf(campaignId(caller, 'bbbb')))).to.match(/No\. 5 \(aaaabbbb\), …$/);
    expect(String(await faultOf(campaignId(caller, undefined)))).to.match(/No\. 5 \(aaaabbbb\), …$/);
    expect(caller.asked.map(({ query }) => query)).to.deep.equal([
      { name: 'bbbb', limit: 7 },
      { idEnding: 'bbbb', limit: 7 },
      { limit: 7 },
    ]);
  });
});
