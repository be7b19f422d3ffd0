import { compileAct, doShape, type DoValue } from '../../src/changes/index.ts';
import { need, type Act, type ActOutcome, type Answer, type Draft, type ExampleRequest, type Facts } from '../../src/model/index.ts';
import { invalid } from '../../src/shapes/index.ts';
import { readYaml, TestCompiler, type FoundMistake, type TestCompilerOptions } from '../support/compiler.ts';
import { makeDraft, makeFacts, makeRequest, type FactsOptions } from '../support/facts.ts';

export interface CompiledDo {
  readonly act: Act;
  readonly mistakes: readonly FoundMistake[];
  readonly compiler: TestCompiler;
}

const impossible: Act = { needs: need.nothing, run: () => { throw new Error('it was not compiled'); } };

/** What stands under `do`, in YAML or plain data. */
export async function compileDo(source: unknown, options: TestCompilerOptions = {}): Promise<CompiledDo> {
  const compiler = new TestCompiler(options);
  const value = doShape.parse(typeof source === 'string' ? readYaml(source) : source, [], (path, mistake, at = 'value') => compiler.mistake(mistake, path, at));
  const act = value === invalid ? impossible : compileAct(value as DoValue, compiler);
  await compiler.ready();
  return { act, mistakes: compiler.mistakes, compiler };
}

export interface Ran {
  readonly outcome: ActOutcome;
  readonly facts: Facts;
  readonly draft: Draft;
  readonly bound: Readonly<Record<string, any>>;
}

/** A scenario whose rule has this under `do`; each `ask` is one request, whose changes hold for the next unless they are undone. */
export class Actor {
  readonly #act: Act;
  readonly #plan: NonNullable<Parameters<typeof makeDraft>[0]>;
  #draft: Draft;
  #call = 0;

  constructor(act: Act, plan: NonNullable<Parameters<typeof makeDraft>[0]> = {}, draft = makeDraft(plan)) {
    this.#act = act;
    this.#plan = plan;
    this.#draft = draft;
  }

  get draft(): Draft {
    return this.#draft;
  }

  ask(request: ExampleRequest = {}, more: FactsOptions = {}): Ran {
    this.#call += 1;
    // A request's changes lie over what was there: its own draft, as the engine gives it one.
    const draft = makeDraft(this.#plan, this.#draft as never);
    const facts = makeFacts(makeRequest(request), { call: this.#call, memory: draft, ...more });
    const outcome = this.#act.run(facts, draft);
    if (outcome.kind === 'done') this.#draft = draft;
    return { outcome, facts, draft, bound: facts.bound };
  }
}

/** Compiles and gives one to ask; throws for mistakes. */
export async function actor(source: unknown, plan: NonNullable<Parameters<typeof makeDraft>[0]> = {}, options: TestCompilerOptions = {}): Promise<Actor> {
  const vars = Object.keys(plan.vars ?? {});
  const { act, mistakes } = await compileDo(source, { collections: plan.collections ?? [], vars, ...options });
  if (mistakes.length > 0) throw new Error(mistakes.map(({ message, path, got, fix }) => `${path.join('.')}: ${message} (${got}; ${fix})`).join('\n'));
  return new Actor(act, plan);
}

/** A body of JSON. */
export function post(value: unknown, url = '/'): ExampleRequest {
  return { method: 'POST', url, headers: { 'content-type': 'application/json' }, body: typeof value === 'string' ? value : JSON.stringify(value) };
}

/** The reply under `orElse`, rendered; throws when there is none. */
export async function replyOf({ outcome, facts }: Ran): Promise<Answer & { readonly text: string }> {
  if (outcome.kind !== 'undone' || outcome.reply === null) throw new Error(`no reply: ${JSON.stringify(outcome)}`);
  const answer = await outcome.reply.render(facts);
  return { ...answer, text: answer.body.kind === 'bytes' ? answer.body.bytes.toString() : '' };
}
