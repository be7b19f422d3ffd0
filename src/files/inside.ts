import { sep } from 'node:path';

/** Whether a canonical path is the folder itself or lies in it. A sibling whose name begins alike (`fixtures2`) is outside. */
export function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** A name under a folder whose path is normal: `path.join` would go through every letter of it again. */
export function under(folder: string, name: string): string {
  return folder.endsWith(sep) ? folder + name : folder + sep + name;
}
