import { Migration } from '@mikro-orm/migrations';

const BEFORE = [
  'campaigns:read',
  'campaigns:write',
  'sessions:read',
  'sessions:write',
  'world:read',
  'world:write',
] as const;

/** What tokens may do with members was in the scopes for campaigns: those that there are may do it as before. */
export class AddScopesForMembers extends Migration {
  override up(): void {
    this.#allow([...BEFORE.slice(0, 2), 'members:read', 'members:write', ...BEFORE.slice(2)]);
    for (const right of ['read', 'write']) {
      this.addSql(
        `update "api_tokens" set scopes = array_append(scopes, 'members:${right}') where 'campaigns:${right}' = any(scopes);`,
      );
    }
  }

  override down(): void {
    // The version before has the right to members in that to campaigns: a token that was made without it must not get it.
    for (const right of ['read', 'write']) {
      this.addSql(
        `delete from "api_tokens" where 'campaigns:${right}' = any(scopes) and not 'members:${right}' = any(scopes);`,
      );
    }
    this.addSql(`delete from "api_tokens" where scopes <@ array['members:read', 'members:write'];`);
    for (const right of ['read', 'write']) {
      this.addSql(
        `update "api_tokens" set scopes = array_remove(scopes, 'members:${right}') where 'members:${right}' = any(scopes);`,
      );
    }
    this.#allow(BEFORE);
  }

  #allow(scopes: readonly string[]): void {
    const allowed = scopes.map((scope) => `'${scope}'`).join(', ');
    this.addSql(`alter table "api_tokens" drop constraint "api_tokens_scopes_check";`);
    this.addSql(
      `alter table "api_tokens" add constraint "api_tokens_scopes_check" check (cardinality(scopes) > 0 and scopes <@ array[${allowed}]);`,
    );
  }
}
