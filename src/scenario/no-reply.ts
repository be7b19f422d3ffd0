import type { Answer, Reply } from '../model/index.ts';

const nothing: Answer = { status: 204, headers: [], body: { kind: 'none' }, wire: [], encodings: [], fault: null };

/** The reply of a rule whose act always answers by itself. */
export const fixedNothing: Reply = { needs: 0, fixed: nothing, render: () => nothing };
