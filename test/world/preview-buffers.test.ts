import { expect, test } from 'vitest';
import { createJournal, previewBytes, type ExchangeDraft, type Journal, type JournalKeeper } from '../../src/world/journal.ts';
import { PreviewBuffers } from '../../src/world/preview-buffers.ts';
import { draft } from '../admin/fake-control.ts';

/** An upload whose preview, of one letter, lies in a buffer of the journal's. */
function upload(journal: Journal, letter: string): ExchangeDraft {
  const preview = journal.previews.take().fill(letter);
  return draft({ id: letter, requestBody: { preview, sizeBytes: previewBytes, sha256: 'a'.repeat(64), type: 'text/plain' } });
}

test('the buffer of an exchange that had to go is taken for the next', () => {
  const journal = createJournal({ capacity: 1 });
  const first = upload(journal, 'a');
  journal.record(first);
  journal.record(upload(journal, 'b'));
  expect(journal.previews.take().buffer).toBe(first.requestBody!.preview.buffer);
});

test('what somebody has looked at is never written to again', async () => {
  const looks: Record<string, (journal: Journal) => unknown> = { find: (journal) => journal.find('a'), kept: (journal) => journal.kept(), get: (journal) => journal.get('a') };
  for (const look of Object.values(looks)) {
    const journal = createJournal({ capacity: 1 });
    const first = upload(journal, 'a');
    journal.record(first);
    const seen = look(journal);
    for (const letter of 'bcdef') journal.record(upload(journal, letter));
    expect(first.requestBody!.preview.equals(Buffer.alloc(previewBytes, 'a'))).toBe(true);
    await seen;
  }
});

test('what is written to the disk later is not written over before', () => {
  const kept: ExchangeDraft[] = [];
  const keep: JournalKeeper = { earlier: [], append: (one) => void kept.push(one), amend: () => undefined, replace: () => undefined };
  const journal = createJournal({ capacity: 1, keep });
  for (const letter of 'abcdef') journal.record(upload(journal, letter));
  expect(kept.map(({ requestBody }) => requestBody!.preview.equals(Buffer.alloc(previewBytes, kept.find((one) => one.requestBody === requestBody)!.id)))).toEqual(Array.from({ length: 6 }, () => true));
});

test('an exchange in full shows its own bytes, however many come meanwhile', async () => {
  const journal = createJournal({ capacity: 2 });
  journal.record(upload(journal, 'a'));
  const full = journal.get('a');
  for (const letter of 'bcdefgh') journal.record(upload(journal, letter));
  expect((await full)!.request.body.text).toBe('a'.repeat(previewBytes));
});

test('only its own buffers come back, each once, and few of them wait', () => {
  const previews = new PreviewBuffers();
  const foreign = Buffer.allocUnsafeSlow(previewBytes);
  previews.giveBack(foreign);
  const taken = Array.from({ length: 100 }, () => previews.take());
  expect(new Set([foreign, ...taken].map(({ buffer }) => buffer)).size).toBe(101);
  for (const buffer of [...taken, ...taken]) previews.giveBack(buffer);
  const again = Array.from({ length: 100 }, () => previews.take());
  expect(new Set(again.map(({ buffer }) => buffer)).size).toBe(100);
  expect(again.filter(({ buffer }) => taken.some((one) => one.buffer === buffer)).length).toBe(16);
});
