import { v7 } from 'uuid';
import type { Ids } from '../../core/shared/ids.ts';

export const ids: Ids = { next: () => v7() };
