/** One connection parameter of libpq. */
export interface Parameter {
  /** The variable that sets it where the address does not. */
  readonly variable?: string;
  /** Why Drydock cannot do what this value asks for; undefined where it can. */
  readonly refusal?: (value: string) => string | undefined;
}

const NO_GSS = 'Kerberos and GSSAPI are not implemented';

/** Refuses every value but these; libpq takes an empty one for the default. */
function only(values: readonly string[], otherwise = `the values are ${values.join(', ')}`) {
  return (value: string) => (value === '' || values.includes(value) ? undefined : otherwise);
}

function never(why: string) {
  return (value: string) => (value === '' ? undefined : why);
}

function integer(value: string): string | undefined {
  return /^\s*[+-]?\d{1,9}\s*$/.test(value) ? undefined : 'it is not a whole number';
}

const TLS_VERSIONS = only(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']);
const OAUTH: Parameter = { refusal: never('authentication by OAuth is not implemented') };

/**
 * The parameters of libpq, up to version 18 (https://www.postgresql.org/docs/18/libpq-connect.html), each followed as
 * psql follows it or refused. docs/connections.md says which is which; a test holds the two together.
 */
export const PARAMETERS: ReadonlyMap<string, Parameter> = new Map<string, Parameter>([
  ['service', { variable: 'PGSERVICE' }],
  ['servicefile', { variable: 'PGSERVICEFILE' }],
  ['host', { variable: 'PGHOST' }],
  ['hostaddr', { variable: 'PGHOSTADDR' }],
  ['port', { variable: 'PGPORT' }],
  ['dbname', { variable: 'PGDATABASE' }],
  ['user', { variable: 'PGUSER' }],
  ['password', { variable: 'PGPASSWORD' }],
  ['passfile', { variable: 'PGPASSFILE' }],
  ['connect_timeout', { variable: 'PGCONNECT_TIMEOUT', refusal: integer }],
  ['application_name', { variable: 'PGAPPNAME' }],
  ['fallback_application_name', {}],
  ['options', { variable: 'PGOPTIONS' }],
  ['client_encoding', { variable: 'PGCLIENTENCODING' }],
  [
    'target_session_attrs',
    {
      variable: 'PGTARGETSESSIONATTRS',
      refusal: only(['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby']),
    },
  ],
  ['load_balance_hosts', { variable: 'PGLOADBALANCEHOSTS', refusal: only(['disable', 'random']) }],
  ['keepalives', { refusal: integer }],
  ['keepalives_idle', { refusal: integer }],
  ['keepalives_interval', { refusal: integer }],
  ['keepalives_count', { refusal: integer }],
  ['tcp_user_timeout', { refusal: integer }],
  [
    'sslmode',
    {
      variable: 'PGSSLMODE',
      refusal: only(['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full']),
    },
  ],
  ['sslnegotiation', { variable: 'PGSSLNEGOTIATION', refusal: only(['postgres', 'direct']) }],
  ['sslrootcert', { variable: 'PGSSLROOTCERT' }],
  ['sslcert', { variable: 'PGSSLCERT' }],
  ['sslkey', { variable: 'PGSSLKEY' }],
  ['sslpassword', {}],
  ['sslcrl', { variable: 'PGSSLCRL' }],
  ['sslcrldir', { variable: 'PGSSLCRLDIR', refusal: never('give one file with sslcrl') }],
  ['sslsni', { variable: 'PGSSLSNI', refusal: only(['0', '1']) }],
  ['sslcompression', { variable: 'PGSSLCOMPRESSION' }],
  [
    'sslcertmode',
    {
      variable: 'PGSSLCERTMODE',
      refusal: only(
        ['disable', 'allow'],
        'only disable and allow are implemented: the server decides whether it asks',
      ),
    },
  ],
  ['ssl_min_protocol_version', { variable: 'PGSSLMINPROTOCOLVERSION', refusal: TLS_VERSIONS }],
  ['ssl_max_protocol_version', { variable: 'PGSSLMAXPROTOCOLVERSION', refusal: TLS_VERSIONS }],
  ['sslkeylogfile', { refusal: never('the keys of an encrypted connection are not written down') }],
  ['channel_binding', { variable: 'PGCHANNELBINDING', refusal: only(['disable', 'prefer', 'require']) }],
  ['gssencmode', { variable: 'PGGSSENCMODE', refusal: only(['disable', 'prefer'], NO_GSS) }],
  ['krbsrvname', { variable: 'PGKRBSRVNAME' }],
  ['gsslib', { variable: 'PGGSSLIB' }],
  ['gssdelegation', { variable: 'PGGSSDELEGATION' }],
  [
    'requirepeer',
    { variable: 'PGREQUIREPEER', refusal: never('the owner of a socket cannot be asked for here') },
  ],
  [
    'require_auth',
    {
      variable: 'PGREQUIREAUTH',
      refusal: never('the server chooses how a user logs in; use channel_binding=require'),
    },
  ],
  [
    'min_protocol_version',
    { variable: 'PGMINPROTOCOLVERSION', refusal: only(['3.0'], 'Drydock speaks 3.0') },
  ],
  [
    'max_protocol_version',
    { variable: 'PGMAXPROTOCOLVERSION', refusal: only(['3.0', '3.2', 'latest'], 'Drydock speaks 3.0') },
  ],
  [
    'replication',
    {
      refusal: only(
        ['false', 'off', 'no', '0'],
        'a connection of the replication protocol cannot do what Drydock needs',
      ),
    },
  ],
  ['scram_client_key', { refusal: never('give the password') }],
  ['scram_server_key', { refusal: never('give the password') }],
  ['oauth_issuer', OAUTH],
  ['oauth_client_id', OAUTH],
  ['oauth_client_secret', OAUTH],
  ['oauth_scope', OAUTH],
]);

/** An environment that names no connection: a program of libpq would add what it finds to what it is given. */
export function withoutVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const variables = new Set([...PARAMETERS.values()].map(({ variable }) => variable));
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !variables.has(name) && name !== 'PGREQUIRESSL'),
  );
}
