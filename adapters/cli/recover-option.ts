import { Option } from 'commander';

export function recoverOption(): Option {
  return new Option('--recover <file>', 'edit on, from the file in which a text was kept; repeatable').argParser(
    (file: string, before: readonly string[] | undefined) => [...(before ?? []), file],
  );
}
