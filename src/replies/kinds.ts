import type { ReplyKind } from '../model/kind.ts';
import { base64 } from './base64.ts';
import { bytes } from './bytes.ts';
import { file } from './file.ts';
import { generate } from './generate.ts';
import { html } from './html.ts';
import { json } from './json.ts';
import { stream } from './stream.ts';
import { text } from './text.ts';
import { upload } from './upload.ts';
import { xml } from './xml.ts';
import { zip } from './zip.ts';

/** Every kind of body; a new one is one file and one entry here. */
export const kinds = { json, text, html, xml, file, zip, base64, bytes, upload, generate, stream };

export const replyKinds = Object.values(kinds) as readonly ReplyKind[];
