import pg from 'pg';
import { dial, NoTlsError, TlsError, type Wire } from './dial.js';
import { loginError, loginSentence, NoPasswordError, OtherServerError } from './login-errors.js';
import { requireAttributes } from './session-attributes.js';
import type { Host, SessionAttributes, Target } from './target.js';
import type { Attempt } from './tls-policy.js';

/** The one server that was reached, and how: further connections go there and nowhere else. */
export interface Reached {
  readonly host: Host;
  readonly attempt: Attempt;
}

export interface LoggedIn {
  readonly client: pg.Client;
  readonly reached: Reached;
}

export interface LoginOptions {
  /** What is written by the time, for an error. */
  readonly state?: string;
  /** Further settings of the driver. */
  readonly further?: pg.ClientConfig;
}

const NOTHING_DONE = 'Nothing was written.';

const DEFAULT_NAME = 'drydock';

/** The driver would refuse more than 100,000, and `scram_iterations` may ask for more. */
const MOST_ITERATIONS = 10_000_000;

/** libpq goes on to the next server also when one is just starting or stopping. */
const CANNOT_CONNECT_NOW = '57P03';
const NOT_AUTHORIZED = '28000';

type Attributes = Exclude<SessionAttributes, 'prefer-standby'>;

/** Why one server was not reached. */
interface Failed {
  readonly host: Host;
  readonly error: unknown;
  /** Whether the login itself was refused, and over which connection. */
  readonly over: Attempt | undefined;
}

/**
 * Connects as psql would: the servers in their order, each encrypted or not as `sslmode` says, until one takes the login
 * and is of the kind that `target_session_attrs` asks for.
 *
 * @throws DrydockError with a sentence for each server that was tried
 */
export async function logIn(target: Target, options: LoginOptions = {}): Promise<LoggedIn> {
  const { state = NOTHING_DONE, further = {} } = options;
  const wanted = target.sessionAttributes;
  if (wanted !== 'prefer-standby') return required(await logInToSome(target, wanted, further), target, state);
  const standby = await logInToSome(target, 'standby', further);
  return 'client' in standby ? standby : required(await logInToSome(target, 'any', further), target, state);
}

/** A further connection to the server that was reached before. */
export async function logInAgain(
  target: Target,
  reached: Reached,
  options: LoginOptions = {},
): Promise<LoggedIn> {
  const { state = NOTHING_DONE, further = {} } = options;
  const outcome = await attemptLogIn(target, reached, 'any', further);
  return required('client' in outcome ? outcome : [outcome], target, state);
}

function required(outcome: LoggedIn | readonly Failed[], target: Target, state: string): LoggedIn {
  if ('client' in outcome) return outcome;
  // What may pass when it is tried again decides whether it is.
  const main = outcome.find(({ error }) => codeOf(error) === CANNOT_CONNECT_NOW) ?? outcome.at(-1);
  if (main === undefined) throw new Error('an address has at least one host');
  const others = outcome.filter((one) => one !== main);
  throw loginError(
    main,
    target,
    state,
    others.map(({ error, host }) => loginSentence(error, host, target)),
  );
}

async function logInToSome(
  target: Target,
  attributes: Attributes,
  further: pg.ClientConfig,
): Promise<LoggedIn | readonly Failed[]> {
  const failed: Failed[] = [];
  for (const host of target.hosts) {
    const outcome = await logInTo(target, host, attributes, further);
    if ('client' in outcome) return outcome;
    failed.push(outcome);
    if (!triesNextHost(outcome)) break;
  }
  return failed;
}

/** A server that can be reached and refuses the login is not passed over. */
function triesNextHost({ error }: Failed): boolean {
  const code = codeOf(error) ?? '';
  return (
    error instanceof OtherServerError ||
    error instanceof AggregateError ||
    code === CANNOT_CONNECT_NOW ||
    /^E[A-Z]/.test(code)
  );
}

async function logInTo(
  target: Target,
  host: Host,
  attributes: Attributes,
  further: pg.ClientConfig,
): Promise<LoggedIn | Failed> {
  const [first = 'plain', second] = host.socket === undefined ? target.tls.attempts : (['plain'] as const);
  const outcome = await attemptLogIn(target, { host, attempt: first }, attributes, further);
  if ('client' in outcome || second === undefined || !triesOther(outcome, first)) return outcome;
  const again = await attemptLogIn(target, { host, attempt: second }, attributes, further);
  // That a server does not encrypt says nothing about the login.
  return 'error' in again && again.error instanceof NoTlsError ? outcome : again;
}

/** Encryption failed, or pg_hba.conf may let the user in only with it, or only without. */
function triesOther({ error, over }: Failed, attempt: Attempt): boolean {
  return error instanceof TlsError || (codeOf(error) === NOT_AUTHORIZED && over === attempt);
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { readonly code?: unknown }).code;
  return typeof code === 'string' ? code : undefined;
}

async function attemptLogIn(
  target: Target,
  { host, attempt }: Reached,
  attributes: Attributes,
  further: pg.ClientConfig,
): Promise<LoggedIn | Failed> {
  const limit = target.connectTimeoutMs;
  const deadline = performance.now() + (limit ?? 0);
  let wire: Wire;
  try {
    wire = await dialWithin(limit, (signal) =>
      dial(host, attempt, target.tls, {
        mayBePlain: target.tls.attempts.includes('plain'),
        keepAlive: target.keepAlive,
        signal,
      }),
    );
  } catch (error) {
    return { host, error, over: undefined };
  }
  const over = 'encrypted' in wire ? 'tls' : 'plain';
  const address = host.socket === undefined ? (wire.remoteAddress ?? host.address) : undefined;
  const client = new pg.Client({
    ...driverSettings(target, host, wire),
    ...(limit === null ? {} : { connectionTimeoutMillis: Math.max(1, deadline - performance.now()) }),
    ...further,
  });
  client.on('error', () => undefined);
  const status = new Map<string, string>();
  client.connection.on('parameterStatus', ({ parameterName, parameterValue }: StatusMessage) =>
    status.set(parameterName, parameterValue),
  );
  if (target.needsChannelBinding) requireChannelBinding(client, over);
  try {
    await client.connect();
    await requireAttributes(client, status, attributes);
    return { client, reached: { host: { ...host, address }, attempt: over } };
  } catch (error) {
    await client.end().catch(() => undefined);
    const isLate = limit !== null && error instanceof Error && error.message === 'timeout expired';
    return { host, error: isLate ? timedOut(limit) : error, over };
  }
}

/** The driver's type leaves it out. */
interface StatusMessage {
  readonly parameterName: string;
  readonly parameterValue: string;
}

async function dialWithin<T>(limit: number | null, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const timer = limit === null ? undefined : setTimeout(() => controller.abort(timedOut(limit)), limit);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}

function timedOut(ms: number): Error {
  return Object.assign(new Error(`no answer within ${Math.round(ms / 1000)} s`), { code: 'ETIMEDOUT' });
}

/** All that the driver would else take from the environment in its own way. */
function driverSettings(target: Target, host: Host, wire: Wire): pg.ClientConfig {
  const noOptions = process.env.PGOPTIONS === undefined ? undefined : ' ';
  return {
    host: host.name === '' ? (host.address ?? '') : host.name,
    port: host.port,
    user: target.user,
    database: target.database,
    application_name: target.applicationName ?? DEFAULT_NAME,
    options: target.options ?? noOptions,
    ssl: false, // the wire is encrypted by now, or is not to be
    enableChannelBinding: target.needsChannelBinding,
    scramMaxIterations: MOST_ITERATIONS,
    password: () => {
      const { password, ignored } = target.passwordOf(host);
      if (password === undefined) throw new NoPasswordError(ignored);
      return password;
    },
    stream: () => connected(wire),
  } as pg.ClientConfig;
}

/** The driver connects its stream itself; this one is connected already. */
function connected(wire: Wire): Wire {
  return Object.assign(wire, {
    connect: () => {
      setImmediate(() => wire.emit('connect'));
      return wire;
    },
  });
}

/** A login by which the server does not prove that it is the one of the certificate is broken off before it. */
function requireChannelBinding(client: pg.Client, over: Attempt): void {
  const refuse = () =>
    client.connection.stream.destroy(
      new TlsError('channel_binding=require, and the server does not offer it'),
    );
  let offered = false;
  client.connection.on('authenticationSASL', ({ mechanisms }: { mechanisms: readonly string[] }) => {
    offered = over === 'tls' && mechanisms.includes('SCRAM-SHA-256-PLUS');
    if (!offered) refuse();
  });
  for (const other of ['authenticationCleartextPassword', 'authenticationMD5Password', 'authenticationOk']) {
    client.connection.on(other, () => {
      if (!offered) refuse();
    });
  }
}
