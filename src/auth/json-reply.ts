import { stringifyJson } from '../base/json.ts';
import { need, type ActOutcome, type Answer } from '../model/index.ts';

/** An answer in JSON that an act gives in the place of the rule's reply. */
export function answerJson(status: number, value: object, headers: readonly string[]): ActOutcome {
  const answer: Answer = {
    status,
    headers: ['Content-Type', 'application/json', ...headers],
    body: { kind: 'bytes', bytes: Buffer.from(stringifyJson(value)), representation: null },
    wire: [], encodings: [], fault: null,
  };
  return { kind: 'answer', reply: { needs: need.nothing, fixed: null, render: () => answer } };
}
