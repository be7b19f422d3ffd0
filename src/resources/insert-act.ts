import { keyText, insertRows, type Written } from '../memory/index.ts';
import type { Act, ActOutcome } from '../model/index.ts';
import { answered, etagOf, jsonBytes, refused } from './json-answer.ts';
import { pathOfRow } from './links.ts';
import { drawKeys, stampsFor, writeNeeds, type Resource } from './resource.ts';
import { sentJson } from './sent-json.ts';

/** `POST` to the list: one row, or a list of them, all or none. */
export function insertAct(resource: Resource): Act {
  const { collection, only, mostRows } = resource;
  return {
    needs: writeNeeds(resource, 'insert'),
    run(facts, draft) {
      const sent = sentJson(facts.request);
      if (sent.kind !== 'sent') return sent;
      const many = Array.isArray(sent.value);
      const values = many ? (sent.value as readonly typeof sent.value[]) : [sent.value];
      if (values.length === 0) return refused(422, 'The list has no rows');
      if (values.length > mostRows) return refused(413, `At most ${mostRows} rows are taken at once, got ${values.length}: send them in several requests`);
      const keys = drawKeys(resource, values.length, facts, draft);
      const written = insertRows(draft, collection, values, { skipBad: false, keys, stamp: stampsFor(resource, 'insert', only.values(facts), facts, values.length) });
      if (written.kind === 'failed') return unwritten(written);
      const [row] = written.rows;
      const body = jsonBytes(many ? written.rows : row);
      if (many) return answered(201, body);
      return answered(201, body, ['Location', pathOfRow(`${facts.request.prefix}${facts.request.path}`, keyText(row![collection.key.field])!), 'ETag', etagOf(body)]);
    },
  };
}

/** Why rows could not be written: 409 where only a key or a unique value is in the way, else 422, each with every error of every row. */
export function unwritten({ reason, detail, errors }: Extract<Written, { kind: 'failed' }>): ActOutcome {
  return refused(reason === 'taken' ? 409 : 422, detail, { errors });
}
