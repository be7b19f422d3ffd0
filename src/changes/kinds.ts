import type { ChangeKind } from '../model/index.ts';
import { add } from './add.ts';
import { backup } from './backup.ts';
import { find } from './find.ts';
import { get } from './get.ts';
import { insert } from './insert.ts';
import { issue } from './issue.ts';
import { remove } from './remove.ts';
import { replace } from './replace.ts';
import { restore } from './restore.ts';
import { set } from './set.ts';
import { state } from './state.ts';
import { update } from './update.ts';

/** Every kind of change; a new one is one file and one entry here. */
export const kinds = { state, set, add, insert, get, find, update, replace, remove, backup, restore, issue };

/** In the order of the reference page. */
export const changeKinds = Object.values(kinds) as readonly ChangeKind[];
