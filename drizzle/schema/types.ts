import { customType } from 'drizzle-orm/pg-core';

export const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

/** A transaction id that never wraps; orders events by commit visibility. */
export const xid8 = customType<{ data: string }>({ dataType: () => 'xid8' });
