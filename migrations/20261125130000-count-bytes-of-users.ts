import { Migration } from '@mikro-orm/migrations';

/** What counts, and what is moved with a campaign, is known by the trigger `counts_bytes`. */
const TABLES = ['campaigns', 'sessions', 'session_results', 'npcs'];

export class CountBytesOfUsers extends Migration {
  override up(): void {
    this.addSql(
      `create table "user_usage" ("user_id" uuid not null, "bytes" bigint not null, "grown_by" xid8 null, primary key ("user_id"));`,
    );
    this.addSql(
      `alter table "user_usage" add constraint "user_usage_user_id_foreign" foreign key ("user_id") references "users" ("id") on update no action on delete cascade;`,
    );

    // Short texts, moments and numbers are in the 1,024: a session that begins or is cancelled counts what it did before.
    this.addSql(
      `create function "bytes_of"(thing jsonb) returns bigint language sql immutable as $$
        select case when thing is null then 0 else 1024 + coalesce(
          (select sum(octet_length(value)) from jsonb_each_text(thing - '{search_key,tag_keys}'::text[]) where octet_length(value) > 64), 0) end
      $$;`,
    );
    this.addSql(
      `create function "count_bytes"(before jsonb, after jsonb) returns void language plpgsql as $$
        declare
          thing jsonb := coalesce(after, before);
          campaign uuid := coalesce(thing->>'campaign_id', thing->>'id');
          growth bigint := bytes_of(after) - bytes_of(before);
          payer uuid;
        begin
          while growth <> 0 loop
            select owner_id into payer from campaigns where id = campaign;
            exit when payer is null;
            insert into user_usage as usage (user_id, bytes, grown_by)
            values (payer, growth, case when growth > 0 then pg_current_xact_id() end)
            on conflict (user_id) do update
            set bytes = usage.bytes + excluded.bytes, grown_by = coalesce(excluded.grown_by, usage.grown_by);
            exit when payer = (select owner_id from campaigns where id = campaign);
            -- While this waited for the row the campaign went to another, without what this adds.
            update user_usage set bytes = bytes - growth where user_id = payer;
          end loop;
        end
      $$;`,
    );
    this.addSql(
      `create function "bytes_in"(campaign uuid) returns bigint language plpgsql stable as $$
        declare
          place regclass;
          bytes bigint;
          total bigint := 0;
        begin
          for place in select tgrelid from pg_trigger where tgname = 'counts_bytes' loop
            execute format('select coalesce(sum(bytes_of(to_jsonb(thing))), 0) from %s thing where %I = $1', place,
              case when place = 'campaigns'::regclass then 'id' else 'campaign_id' end) into bytes using campaign;
            total := total + bytes;
          end loop;
          return total;
        end
      $$;`,
    );
    this.addSql(
      `create function "move_bytes"(campaign uuid, giver uuid, taker uuid) returns void language plpgsql as $$
        declare
          moved bigint;
        begin
          if giver is distinct from taker then
            -- Whoever writes in the campaign meanwhile is waited for here, or waits.
            perform from user_usage where user_id in (giver, taker) order by user_id for update;
            moved := bytes_in(campaign);
            update user_usage set bytes = bytes - moved where user_id = giver;
            if taker is not null then
              insert into user_usage as usage (user_id, bytes, grown_by) values (taker, moved, pg_current_xact_id())
              on conflict (user_id) do update set bytes = usage.bytes + excluded.bytes, grown_by = excluded.grown_by;
            end if;
          end if;
        end
      $$;`,
    );

    this.addSql(
      `create function "limit_reached"() returns void language plpgsql as $$
        begin raise exception 'limit reached' using errcode = 'LF001'; end
      $$;`,
    );

    for (const table of TABLES) {
      this.addSql(
        `create or replace function "${table}_counts_bytes_fn"() returns trigger as $$ begin perform count_bytes(to_jsonb(old), to_jsonb(new)); return null; end; $$ language plpgsql;`,
      );
      this.addSql(
        `create trigger "counts_bytes" after insert or update or delete on "${table}" for each row execute function "${table}_counts_bytes_fn"();`,
      );
    }
    this.addSql(
      `create or replace function "campaigns_moves_bytes_fn"() returns trigger as $$ begin perform move_bytes(old.id, old.owner_id, new.owner_id); return coalesce(new, old); end; $$ language plpgsql;`,
    );
    this.addSql(
      `create trigger "moves_bytes" before update or delete on "campaigns" for each row execute function "campaigns_moves_bytes_fn"();`,
    );

    // The triggers keep writers out until this is committed, so that nothing is counted twice or not at all.
    const things = TABLES.map((table) => {
      const campaign = table === 'campaigns' ? 'id' : 'campaign_id';
      return `select ${campaign} as campaign, bytes_of(to_jsonb(thing)) as bytes from "${table}" thing`;
    });
    this.addSql(
      `insert into "user_usage" ("user_id", "bytes") select owner_id, sum(bytes) from (${things.join(' union all ')}) held join campaigns on campaigns.id = held.campaign group by owner_id;`,
    );
  }

  override down(): void {
    this.addSql(`drop trigger if exists "moves_bytes" on "campaigns";`);
    this.addSql(`drop function if exists "campaigns_moves_bytes_fn"();`);
    for (const table of TABLES) {
      this.addSql(`drop trigger if exists "counts_bytes" on "${table}";`);
      this.addSql(`drop function if exists "${table}_counts_bytes_fn"();`);
    }
    this.addSql(`drop function if exists "limit_reached"();`);
    this.addSql(`drop function if exists "move_bytes"(uuid, uuid, uuid);`);
    this.addSql(`drop function if exists "bytes_in"(uuid);`);
    this.addSql(`drop function if exists "count_bytes"(jsonb, jsonb);`);
    this.addSql(`drop function if exists "bytes_of"(jsonb);`);
    this.addSql(`drop table if exists "user_usage" cascade;`);
  }
}
