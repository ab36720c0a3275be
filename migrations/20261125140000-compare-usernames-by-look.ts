import { Migration } from '@mikro-orm/migrations';
import { usernameKey } from '../core/users/user.ts';
import { loadUsernameLook } from '../infrastructure/confusables/username-look.ts';
import { fillColumn } from '../infrastructure/database/fill-column.ts';

/**
 * Of users who have what makes a name the same in common already, the first gets it, and the others keep their names
 * without. A server of the version before writes neither, and refuses nobody for them.
 */
export class CompareUsernamesByLook extends Migration {
  override isTransactional(): boolean {
    return false;
  }

  override async up(): Promise<void> {
    await this.execute(`alter table "users" add column if not exists "username_look" text null;`);
    await this.execute(`alter table "users" drop constraint if exists "users_username_look_unique";`);
    await this.execute(`alter table "users" add constraint "users_username_look_unique" unique ("username_look");`);
    await this.execute(`alter table "users" drop constraint if exists "users_username_check";`);
    await this.execute(
      `alter table "users" add constraint "users_username_check" check (length(username) >= 2 and length(username) <= 32);`,
    );
    const look = await loadUsernameLook();
    const names = { table: 'users', type: 'text', from: 'username', isUnique: true } as const;
    await fillColumn<string>(this, { ...names, column: 'username_key', make: usernameKey });
    await fillColumn<string>(this, { ...names, column: 'username_look', make: look });
  }

  /** Names of two letters stay, and can be stored: the version before refuses new ones by itself. */
  override async down(): Promise<void> {
    await this.execute(`alter table "users" drop column if exists "username_look";`);
  }
}
