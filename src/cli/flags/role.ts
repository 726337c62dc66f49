import { z } from 'zod';

/** Roles, one each time the flag is given. */
export const roles = z
  .array(z.string().refine((name) => name !== '', { error: '--accept-owner wants the name of a role.' }))
  .optional();
