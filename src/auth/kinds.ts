import type { SchemeKind } from '../model/index.ts';
import { apiKey } from './api-key.ts';
import { basic } from './basic.ts';
import { bearer } from './bearer.ts';
import { jwt } from './jwt.ts';
import { mtls } from './mtls.ts';
import { oauth2 } from './oauth2.ts';

/** Every kind of scheme; a new one is one file and one entry here. */
export const kinds = { apiKey, basic, bearer, jwt, oauth2, mtls };

/** In the order of the reference page. */
export const schemeKinds = Object.values(kinds) as readonly SchemeKind[];
