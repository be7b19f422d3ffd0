import type { Answer, Wire } from '../model/answer.ts';

/** The answer with one more instruction for the wire, and the name of the fault for the journal. */
export function withWire(answer: Answer, fault: string, wire: Wire): Answer {
  return { ...answer, wire: [...answer.wire, wire], fault };
}
