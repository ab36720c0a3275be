/**
 * Keep `total` and `completed` of a campaign's session counter with each statement that writes sessions, whoever sends
 * it: a server of an earlier version, which does not know of them, or a hand at psql. Once for all rows of a statement,
 * as each update of the one row of counters within a transaction makes the next one slower.
 */
export const countsSessions = [
  trigger('insert', 'new table as added', changeOf('added', '+')),
  trigger('delete', 'old table as removed', changeOf('removed', '-')),
  trigger(
    'update',
    'old table as removed new table as added',
    `${changeOf('added', '+')} union all ${changeOf('removed', '-')}`,
  ),
];

interface CountsSessions {
  readonly name: string;
  readonly timing: 'after';
  readonly events: ('insert' | 'update' | 'delete')[];
  readonly forEach: 'statement';
  readonly expression: string;
}

function trigger(event: 'insert' | 'update' | 'delete', tables: string, changes: string): CountsSessions {
  const name = `counts_sessions_on_${event}`;
  const expression = `create or replace function "${name}"() returns trigger language plpgsql as $$ begin
    update session_counters as counter
    set total = counter.total + change.total, completed = counter.completed + change.completed
    from (select campaign_id, sum(total) as total, sum(completed) as completed from (${changes}) as changes group by campaign_id)
      as change
    where counter.campaign_id = change.campaign_id and (change.total <> 0 or change.completed <> 0);
    return null;
    end $$;
    create trigger "${name}" after ${event} on "sessions" referencing ${tables} for each statement execute function "${name}"();`;
  // In one line, as the migration has it.
  return {
    name,
    timing: 'after',
    events: [event],
    forEach: 'statement',
    expression: expression.replaceAll(/\s+/g, ' '),
  };
}

/** What the rows of a transition table make of the counters. */
function changeOf(table: string, sign: '+' | '-'): string {
  return `select campaign_id, ${sign}count(*) as total, ${sign}count(*) filter (where status = 'completed') as completed
    from ${table} where deleted_at is null group by campaign_id`;
}
