import { insertRows, keyText, mergePatch, pickFields, replaceRow, type Written } from '../memory/index.ts';
import { show } from '../base/show.ts';
import type { Json } from '../base/json.ts';
import type { Act, ActOutcome, Draft, Facts, Row } from '../model/index.ts';
import { orBadQuery } from './bad-query.ts';
import { unwritten } from './insert-act.ts';
import { answered, etagOf, jsonBytes, refused } from './json-answer.ts';
import { asColumn } from './only.ts';
import { refuseByConditions } from './preconditions.ts';
import { readFields } from './read-query.ts';
import { rowFor, stampFor, writeNeeds, type Resource } from './resource.ts';
import { sentMap, sentPatch } from './sent-json.ts';

/** `GET` of one row, by its key in the path. */
export function readAct(resource: Resource, param: string): Act {
  const { only } = resource;
  return {
    needs: only.needs,
    run: (facts, draft) => orBadQuery((): ActOutcome => {
      const key = facts.params[param] ?? '';
      const row = rowFor(resource, key, only.values(facts), draft);
      if (row === null) return notThere(resource, key);
      const fields = readFields(resource, facts.request.query);
      return answered(200, jsonBytes(fields === null ? row : pickFields(row, fields)));
    }),
  };
}

/** `PUT` of one row: another in its place; a new one where `upsert` lets it. */
export function replaceAct(resource: Resource, param: string): Act {
  const { collection, only, upsert } = resource;
  return {
    needs: writeNeeds(resource, upsert ? 'insert' : 'write'),
    run(facts, draft) {
      const key = facts.params[param] ?? '';
      const owned = only.values(facts);
      const before = rowFor(resource, key, owned, draft);
      const stopped = refuse(resource, before, facts) ?? (before === null && !upsert ? notThere(resource, key) : null);
      if (stopped) return stopped;
      const sent = sentMap(facts.request);
      if (sent.kind !== 'sent') return sent;
      if (before !== null) return changed(replaceRow(draft, collection, key, sent.value, stampFor(resource, 'write', owned, facts)));
      return inserted(resource, key, sent.value, owned, facts, draft);
    },
  };
}

/** `PATCH` of one row by a JSON Merge Patch (RFC 7396). */
export function patchAct(resource: Resource, param: string): Act {
  const { collection, only } = resource;
  return {
    needs: writeNeeds(resource, 'write'),
    run(facts, draft) {
      const key = facts.params[param] ?? '';
      const owned = only.values(facts);
      const before = rowFor(resource, key, owned, draft);
      const stopped = refuse(resource, before, facts);
      if (stopped) return stopped;
      if (before === null) return notThere(resource, key);
      const sent = sentPatch(facts.request);
      if (sent.kind !== 'sent') return sent;
      return changed(replaceRow(draft, collection, key, mergePatch(before, sent.value), stampFor(resource, 'write', owned, facts)));
    },
  };
}

/** `DELETE` of one row. */
export function removeAct(resource: Resource, param: string): Act {
  const { collection, only } = resource;
  return {
    needs: only.needs,
    run(facts, draft) {
      const key = facts.params[param] ?? '';
      const before = rowFor(resource, key, only.values(facts), draft);
      const stopped = refuse(resource, before, facts);
      if (stopped) return stopped;
      if (before === null) return notThere(resource, key);
      draft.remove(collection.name, key);
      return answered(204, null);
    },
  };
}

function refuse({ requireIfMatch }: Resource, before: Row | null, { request }: Facts): ActOutcome | null {
  const { headers } = request;
  if (!requireIfMatch && !headers.has('if-match') && !headers.has('if-none-match')) return null;
  return refuseByConditions(headers, before === null ? null : etagOf(jsonBytes(before)), requireIfMatch);
}

function notThere({ collection }: Resource, key: string): ActOutcome {
  return refused(404, `\`${collection.name}\` has no row with the key ${show(key)}`);
}

function changed(written: Written, status = 200): ActOutcome {
  if (written.kind === 'failed') return unwritten(written);
  const body = jsonBytes(written.rows[0]);
  return answered(status, body, ['ETag', etagOf(body)]);
}

/** A new row under the key of the path, which the body may tell again. */
function inserted(resource: Resource, key: string, value: Readonly<Record<string, Json>>, owned: Row, facts: Facts, draft: Draft): ActOutcome {
  const { collection } = resource;
  const { field } = collection.key;
  const given = value[field] ?? null;
  if (given !== null && keyText(given) !== key) return refused(422, `\`${field}\` of the body is ${show(given)}, and the path is of ${show(key)}`);
  const { [field]: _key, ...rest } = value;
  const row = { [field]: given ?? asColumn(key, collection.columns.get(field) ?? 'any'), ...rest };
  // The path says the key, even where the collection would fill it.
  const { [field]: _stamped, ...stamp } = stampFor(resource, 'insert', owned, facts);
  return changed(insertRows(draft, collection, [row], { skipBad: false, keys: [], stamp }), 201);
}
