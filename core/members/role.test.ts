import { expect } from 'chai';
import { type Action, ROLES, type Role, abilitiesOn, may } from './role.ts';

const owners = ['owner'] as const;
const masters = ['owner', 'gm'] as const;
const everyone = ['owner', 'gm', 'player', 'viewer'] as const;

/** Who may do what, written out. A new action does not compile until somebody says here who may do it. */
const expected = {
  'campaign:read': everyone,
  'campaign:update': masters,
  'campaign:delete': owners,
  'campaign:restore': owners,
  'campaign:invite': masters,
  'campaign:manage-members': owners,
  'secrets:read': masters,
  'sessions:read': everyone,
  'sessions:schedule': masters,
  'sessions:update': masters,
  'sessions:start': masters,
  'sessions:finalize': masters,
  'sessions:cancel': masters,
  'sessions:reschedule': masters,
  'sessions:reopen': masters,
  'sessions:delete': masters,
  'sessions:restore': masters,
  'world:read': everyone,
  'world:create': masters,
  'world:update': masters,
  'world:delete': masters,
  'world:restore': masters,
} as const satisfies Record<Action, readonly Role[]>;

function isAction(name: string): name is Action {
  return name in expected;
}

describe('the role table', () => {
  for (const [action, roles] of Object.entries<readonly Role[]>(expected)) {
    for (const role of ROLES) {
      const allowed = roles.includes(role);
      it(`${allowed ? 'lets' : 'does not let'} a member who is ${role} do ${action}`, () => {
        expect(isAction(action) && may(role, action)).to.equal(allowed);
      });
    }
  }

  it('knows no other roles', () => {
    expect(ROLES).to.deep.equal(everyone);
  });
});

describe('abilities', () => {
  const onWorld = ['create', 'update', 'delete', 'restore'];
  const onSessions = ['schedule', 'update', 'start', 'finalize', 'cancel', 'reschedule', 'reopen', 'delete', 'restore'];

  it('of an owner are all verbs but reading', () => {
    expect(abilitiesOn('campaign', 'owner')).to.have.members([
      'update',
      'delete',
      'restore',
      'invite',
      'manage-members',
    ]);
    expect(abilitiesOn('sessions', 'owner')).to.have.members(onSessions);
    expect(abilitiesOn('world', 'owner')).to.have.members(onWorld);
  });

  it('of a GM are all of the content, to update the campaign and to invite', () => {
    expect(abilitiesOn('campaign', 'gm')).to.deep.equal(['update', 'invite']);
    expect(abilitiesOn('sessions', 'gm')).to.have.members(onSessions);
    expect(abilitiesOn('world', 'gm')).to.have.members(onWorld);
  });

  for (const role of ['player', 'viewer'] as const) {
    it(`of a ${role} are none`, () => {
      expect(abilitiesOn('campaign', role)).to.deep.equal([]);
      expect(abilitiesOn('sessions', role)).to.deep.equal([]);
      expect(abilitiesOn('world', role)).to.deep.equal([]);
    });
  }
});
