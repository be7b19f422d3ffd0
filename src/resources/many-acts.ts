import { show } from '../base/show.ts';
import { mergePatch, replaceRow, stampAt } from '../memory/index.ts';
import type { Act, ActOutcome, Draft, Facts, Row } from '../model/index.ts';
import { BadQuery, orBadQuery } from './bad-query.ts';
import { answered, jsonBytes, refused } from './json-answer.ts';
import { belongs } from './only.ts';
import { readFilterAlone } from './read-query.ts';
import { stampsFor, writeNeeds, type Resource } from './resource.ts';
import type { Entry } from './row-order.ts';
import { sentPatch } from './sent-json.ts';

/** `PATCH` of the list: a merge patch for every row that passes the filters, all or none. Answers with their number. */
export function patchManyAct(resource: Resource): Act {
  const { collection, only } = resource;
  return {
    needs: writeNeeds(resource, 'write'),
    run: (facts, draft) => orBadQuery((): ActOutcome => {
      const owned = only.values(facts);
      const chosen = chosenRows(resource, owned, facts, draft);
      const sent = sentPatch(facts.request);
      if (sent.kind !== 'sent') return sent;
      const stamps = stampsFor(resource, 'write', owned, facts, chosen.length);
      for (const [index, [key, row]] of chosen.entries()) {
        const written = replaceRow(draft, collection, key, mergePatch(row as Row, sent.value), stampAt(stamps, index));
        if (written.kind === 'failed') return refused(written.reason === 'taken' ? 409 : 422, `No row was changed, since that with the key ${show(key)} cannot be. ${written.detail}`, { errors: written.errors.map(({ field, message }) => ({ key, field, message })) });
      }
      return counted(chosen.length);
    }),
  };
}

/** `DELETE` of the list: every row that passes the filters. Answers with their number. */
export function removeManyAct(resource: Resource): Act {
  const { collection, only } = resource;
  return {
    needs: only.needs,
    run: (facts, draft) => orBadQuery((): ActOutcome => {
      const chosen = chosenRows(resource, only.values(facts), facts, draft);
      for (const [key] of chosen) draft.remove(collection.name, key);
      return counted(chosen.length);
    }),
  };
}

/** Never all rows by accident: a query without a filter is refused. Throws BadQuery. */
function chosenRows(resource: Resource, owned: Row, { request }: Facts, draft: Draft): readonly Entry[] {
  const passes = readFilterAlone(resource, request);
  const { name, key } = resource.collection;
  if (passes === null) throw new BadQuery(key.field, 'a filter that says which rows', undefined, `Write a field and its value, such as \`?${key.field}=1\``);
  return [...draft.table(name).entries()].filter(([, row]) => belongs(row, owned) && passes(row));
}

function counted(count: number): ActOutcome {
  return answered(200, jsonBytes({ count }));
}
