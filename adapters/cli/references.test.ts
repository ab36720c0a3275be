import { expect } from 'chai';
import { DomainError } from '../../core/shared/errors.ts';
import { campaignId } from './campaign-reference.ts';
import { type Caller, makeCaller } from './caller.ts';
import { sessionId } from './session-reference.ts';

const FIRST = '01939c5e-7b1f-7cc3-9a3e-2f0daaaabbbb';
const SECOND = '01939c5e-7b1f-7cc3-9a3e-2f0dccccbbbb';
/** A name that is also the ending of another's id. */
const NAMED = '01939c5e-7b1f-7cc3-9a3e-2f0d00000001';

function campaign(id: string, name: string): object {
  return {
    ...{ id, name, description: null, setting: null, theme: null, tone: null, system: null },
    ...{ playerCount: 4, partyLevel: 1, status: 'active', ownerId: id, role: 'owner', abilities: [] },
    ...{ createdAt: '2026-11-23T19:00:00.000Z', updatedAt: '2026-11-23T19:00:00.000Z' },
  };
}

function callerOf(campaigns: readonly object[]): Caller & { readonly asked: readonly string[] } {
  const asked: string[] = [];
  const caller = makeCaller((name) => {
    asked.push(name);
    return Promise.resolve({ body: name === 'listCampaigns' ? campaigns : [], next: null });
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

  it('look nothing up for a full id', async () => {
    const caller = callerOf([]);
    expect(await campaignId(caller, FIRST)).to.equal(FIRST);
    expect(await sessionId(caller, FIRST.toUpperCase(), undefined)).to.equal(FIRST);
    expect(caller.asked).to.deep.equal([]);
  });

  it('look for the end of an id in the campaign that was named only', async () => {
    const caller = callerOf([campaign(FIRST, 'One'), campaign(SECOND, 'Two')]);
    expect(await faultOf(sessionId(caller, 'abcd', 'One'))).to.include({ kind: 'not-found' });
    expect(caller.asked).to.deep.equal(['listCampaigns', 'listSessions']);
    await faultOf(sessionId(caller, 'abcd', undefined));
    expect(caller.asked.slice(2)).to.deep.equal(['listCampaigns', 'listSessions', 'listSessions']);
  });
});
