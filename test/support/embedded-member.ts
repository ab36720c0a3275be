import { joinEmbeddedDatabase } from '../../infrastructure/database/embedded/embedded-database.ts';

// A process of its own for the tests: joins the data folder of its first argument, reports over IPC, leaves when told.
const [, , dataFolder = '', applicationName = 'member'] = process.argv;

function report(message: Record<string, unknown>): void {
  process.send?.(message);
}

try {
  const joined = await joinEmbeddedDatabase({
    dataFolder,
    applicationName,
    log: (level, text) => {
      report({ type: 'log', level, text });
    },
  });
  const { started, folder, connection } = joined;
  process.once('message', () => {
    void joined.leave().then(() => {
      report({ type: 'left' });
      process.disconnect();
    });
  });
  // Only the presence is to be left, which must not keep this process alive.
  if (applicationName === 'careless') process.channel?.unref();
  report({ type: 'joined', started, folder, host: connection.host });
} catch (error) {
  report({ type: 'failed', text: error instanceof Error ? error.message : String(error) });
  process.disconnect();
}
