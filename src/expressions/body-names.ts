import { MalformedBody, need, type Facts, type Needs, type Part } from '../model/index.ts';
import type { Code } from './code.ts';
import { memberOf } from './members.ts';
import { firstValues, open, openFields } from './name-code.ts';
import { Problem } from './run.ts';
import { asText, fromData, isMap, newMap } from './values.ts';

/** `body`: JSON, the fields of a form, text for other types, null when there is none. */
export function body(): Code {
  const read = (facts: Facts, key: unknown): unknown => {
    const whole = readBody(facts);
    if (Array.isArray(whole) && typeof key !== 'string') return memberOf(whole, key, 'body');
    const name = asText(key);
    return isMap(whole) && Object.hasOwn(whole, name) ? whole[name] : undefined;
  };
  return {
    kind: 'any',
    needs: need.body,
    fixed: false,
    run: ({ facts }) => fromData(readBody(facts)),
    fields: openFields(need.body, (name) => ({ run: ({ facts }) => fromData(read(facts, name)), has: ({ facts }) => read(facts, name) !== undefined }), read),
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
  const all = (facts: Facts): object => {
    const map = newMap();
    for (const part of facts.request.body.parts ?? []) map[part.name] ??= partMap(part);
    return map;
  };
  return {
    kind: 'map',
    needs: need.partText,
    fixed: false,
    run: ({ facts }) => all(facts),
    fields: openFields(need.partText, onePart, (facts, key) => wholePart(facts, asText(key)) ?? undefined),
  };
}

function onePart(name: string): Pick<Code, 'run' | 'has' | 'fields'> {
  return {
    run: ({ facts }) => wholePart(facts, name),
    has: ({ facts }) => findPart(facts, name) !== undefined,
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
    run: ({ facts }) => {
      const part = findPart(facts, name);
      if (!part) throw new Problem(`the request has no part \`${name}\``, 'missing');
      return read(part);
    },
    has: ({ facts }) => {
      const part = findPart(facts, name);
      return part !== undefined && read(part) !== null;
    },
  };
}

/** `partsAll`: the parts of each name. */
export function partsAll(): Code {
  const ofName = (facts: Facts, name: string): readonly object[] => (facts.request.body.parts ?? []).filter((part) => part.name === name).map(partMap);
  return open(need.partText, 'list', (facts) => {
    const map = newMap();
    for (const part of facts.request.body.parts ?? []) map[part.name] ??= ofName(facts, part.name);
    return map;
  }, ofName);
}

function findPart(facts: Facts, name: string): Part | undefined {
  return facts.request.body.parts?.find((part) => part.name === name);
}

function wholePart(facts: Facts, name: string): object | null {
  const part = findPart(facts, name);
  return part ? partMap(part) : null;
}

function partMap(part: Part): object {
  return Object.assign(newMap(), Object.fromEntries(Object.entries(partFields).map(([field, { read }]) => [field, read(part)])));
}
