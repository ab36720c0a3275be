import { ChangeHolderRow } from '../database/change-feed/change-holder-row.ts';
import type { Feature } from './binder.ts';

export const cache: Feature = { rows: [ChangeHolderRow], register: () => undefined };
