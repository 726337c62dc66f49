/** Ids of submissions that rows name: bare Reddit ids and uuids. */
export const NAMED = 'pg_temp.drydock_named';

/** What is known of the named submissions: the relation `s` of the key queries, cut down to them. */
export const KNOWN = 'pg_temp.drydock_known';
