import type { AdminLoader } from '../server/start.ts';

/** Loads the admin API when it is first asked for: a server that only rehearses never pays for it. */
export const loadAdmin: AdminLoader = async (control, options) => {
  const { createAdmin } = await import('./create-admin.ts');
  return createAdmin(control, options);
};
