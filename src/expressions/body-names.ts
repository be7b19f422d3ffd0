import { MalformedBody, need, type Facts, type Needs, type Part } from '../model/index.ts';
import type { Code } from './code.ts';
import { memberOf } from './members.ts';
import { firstValues, open, openFields } from './name-code.ts';
import { Problem, type Run } from './run.ts';
import { asText, fromData, isMap, newMap } from './values.ts';

/** `body`: JSON, the fields of a form, text for other types, null when there is none. */
export function body(): Code {
  const read = (run: Run, key: unknown): unknown => {
    const whole = run.once(readBody, readBody);
    if (Array.isArray(whole) && typeof key !== 'string') return memberOf(whole, key, 'body');
    const name = asText(key);
    return isMap(whole) && Object.hasOwn(whole, name) ? whole[name] : undefined;
  };
  return {
    kind: 'any',
    needs: need.body,
    fixed: false,
    run: (run) => fromData(run.once(readBody, readBody)),
    fields: openFields(need.body, (name) => ({ run: (run) => fromData(read(run, name)), has: (run) => read(run, name) !== undefined }), read),
  };
}

/** The parsed body; text for what is neither JSON nor a form. */
function readBody({ request }: Facts): unknown {
  if (!request.body.present) return null;
  const json = readJsonBody(request.body);
  if (json !== undefined) return json;
  return request.body.form ? firstValues(request.body.form) : request.body.text;
}

/** A body without a media type may be JSON or not: it makes no claim that could be broken. */
function readJsonBody(received: Facts['request']['body']): unknown {
  try {
    return received.json;
  } catch (error) {
    if (error instanceof MalformedBody && received.mediaType === null) return undefined;
    throw error;
  }
}

const partFields: Readonly<Record<string, { readonly needs: Needs; readonly read: (part: Part) => unknown }>> = {
  filename: { needs: need.nothing, read: (part) => part.filename },
  size: { needs: need.nothing, read: (part) => BigInt(part.sizeBytes) },
  sha256: { needs: need.nothing, read: (part) => part.sha256 },
  type: { needs: need.nothing, read: (part) => part.type },
  text: { needs: need.partText, read: (part) => part.text },
  id: { needs: need.nothing, read: (part) => part.report?.id ?? null },
};

/** `parts`: the first part of each name. */
export function parts(): Code {
  return {
    kind: 'map',
    needs: need.partText,
    fixed: false,
    run: (run) => run.once(firstParts, firstParts),
    fields: openFields(need.partText, onePart, (run, key) => wholePart(run, asText(key)) ?? undefined),
  };
}

function firstParts(facts: Facts): object {
  const map = newMap();
  for (const [name, [part]] of partsByName(facts)) map[name] = partMap(part!);
  return map;
}

function onePart(name: string): Pick<Code, 'run' | 'has' | 'fields'> {
  return {
    run: (run) => wholePart(run, name),
    has: (run) => findParts(run, name) !== undefined,
    fields: {
      names: Object.keys(partFields),
      named: (field) => (Object.hasOwn(partFields, field) ? partField(name, partFields[field]!) : null),
    },
  };
}

function partField(name: string, { needs, read }: { readonly needs: Needs; readonly read: (part: Part) => unknown }): Code {
  return {
    kind: 'any',
    needs,
    fixed: false,
    run: (run) => {
      const part = findParts(run, name)?.[0];
      if (!part) throw new Problem(`the request has no part \`${name}\``, 'missing');
      return read(part);
    },
    has: (run) => {
      const part = findParts(run, name)?.[0];
      return part !== undefined && read(part) !== null;
    },
  };
}

/** `partsAll`: the parts of each name. */
export function partsAll(): Code {
  return open(need.partText, 'list', allParts, (run, name) => {
    const all = run.once(allParts, allParts);
    return Object.hasOwn(all, name) ? all[name] : [];
  });
}

function allParts(facts: Facts): Record<string, unknown> {
  const map = newMap();
  for (const [name, ofName] of partsByName(facts)) map[name] = ofName.map(partMap);
  return map;
}

function partsByName({ request }: Facts): ReadonlyMap<string, readonly Part[]> {
  const byName = new Map<string, Part[]>();
  for (const part of request.body.parts ?? []) {
    const ofName = byName.get(part.name);
    if (ofName) ofName.push(part);
    else byName.set(part.name, [part]);
  }
  return byName;
}

function findParts(run: Run, name: string): readonly Part[] | undefined {
  return run.once(partsByName, partsByName).get(name);
}

function wholePart(run: Run, name: string): object | null {
  const part = findParts(run, name)?.[0];
  return part ? partMap(part) : null;
}

function partMap(part: Part): object {
  return Object.assign(newMap(), Object.fromEntries(Object.entries(partFields).map(([field, { read }]) => [field, read(part)])));
}
