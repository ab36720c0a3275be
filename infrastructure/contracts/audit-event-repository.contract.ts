import { expect } from 'chai';
import { v7 as uuid } from 'uuid';
import { AUDIT_ACTIONS } from '../../core/audit/audit-event.ts';
import type { Adapters } from './adapters.ts';
import { anAuditEvent, aUser } from './builders.ts';

export function describeAuditEventRepository(name: string, open: () => Promise<Adapters>): void {
  describe(`audit event repository on ${name}`, () => {
    let adapters: Adapters;
    before(async () => {
      adapters = await open();
    });

    it('keeps every field as it was added', async () => {
      const event = anAuditEvent();
      await adapters.auditEvents.add(event);

      expect(await adapters.recorded(event.subjectId)).to.deep.equal([event]);
    });

    it('keeps what an admin did, to what belongs to no campaign, with nothing more to say', async () => {
      const event = anAuditEvent({ actorId: null, campaignId: null, details: {} });
      await adapters.auditEvents.add(event);

      expect(await adapters.recorded(event.subjectId)).to.deep.equal([event]);
    });

    it('keeps every action, of one subject in the order of their happening', async () => {
      const subjectId = uuid();
      const events = AUDIT_ACTIONS.map((action) => anAuditEvent({ action, subjectId }));
      for (const event of events) await adapters.auditEvents.add(event);

      expect(await adapters.recorded(subjectId)).to.deep.equal(events);
    });

    it('keeps what happened to users and campaigns that there are not', async () => {
      const event = anAuditEvent({ actorId: uuid(), campaignId: uuid() });
      await adapters.auditEvents.add(event);

      expect(await adapters.recorded(event.subjectId)).to.have.length(1);
    });

    it('is written with the effect that it tells of', async () => {
      const user = aUser();
      await adapters.transaction.run(async () => {
        await adapters.users.add(user);
        await adapters.auditEvents.add(anAuditEvent({ subjectId: user.id }));
      });

      expect(await adapters.users.find(user.id)).to.deep.equal(user);
      expect(await adapters.recorded(user.id)).to.have.length(1);
    });

    it('is gone when the effect fails, and the effect is gone when it fails', async () => {
      const failure = new Error('the second write fails');
      const user = aUser();
      const writes = [
        () => adapters.users.add(user),
        () => adapters.auditEvents.add(anAuditEvent({ subjectId: user.id })),
      ];
      for (const order of [writes, writes.toReversed()]) {
        const [first, second] = order;
        const result = await adapters.transaction
          .run(async () => {
            await first?.();
            await second?.();
            throw failure;
          })
          .catch((error: unknown) => error);

        expect(result).to.equal(failure);
        expect(await adapters.users.find(user.id)).to.equal(null);
        expect(await adapters.recorded(user.id)).to.deep.equal([]);
      }
    });
  });
}
