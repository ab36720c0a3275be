/* Loaded into a server: on a message it tells how long the event loop was held at most since the message before. */

/** Milliseconds that this thread has worked, in steps of the kernel's clock: what others do on the machine does not count. */
const worked = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

let longest = 0;
let last = worked();
const look = (): void => {
  const now = worked();
  longest = Math.max(longest, now - last);
  last = now;
  setImmediate(look);
};
look();

process.on('message', () => {
  process.send?.(longest);
  longest = 0;
});
