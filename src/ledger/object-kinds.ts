/** Where the server's catalog keeps what we make, kind by kind. */
interface Catalog {
  /** The system table, as `obj_description` wants it. */
  readonly catalog: 'pg_class' | 'pg_proc' | 'pg_trigger';
  /** A derived table `o` with the `oid`, `schema` and `name` of everything of the kind. */
  readonly named: string;
  /** The oid of what is called $2 in the schema $1; of a trigger, on the table $1. */
  readonly oidOf: string;
  /** What the server says that `o.oid` is; null where nothing is to be said. */
  readonly definition: string;
  /** The name of the role that `o.oid` belongs to. */
  readonly owner: string;
  /**
   * Whether it is found again by its name where its oid is another one: what holds rows is not, before a person has
   * said so (`adopt`), and the rest has to be what it was to the letter.
   */
  readonly isRemade: boolean;
  /** How rights on it are taken away; null: it has none of its own. */
  readonly acl: {
    readonly word: 'table' | 'sequence' | 'function';
    /** A derived table `o` with `oid`, `acl` and `owner`. */
    readonly grants: string;
    readonly fromPublic: boolean;
  } | null;
  /** Finds one that was begun as $2 in the schema $1 and never entered; null: it is made and entered in one go. */
  readonly unfinished: string | null;
}

/** The oid of an object that is being made. */
export const UNFINISHED = '0';

/** A derived table `o` of the relations of some kinds. */
const relations = (...kinds: readonly string[]) =>
  `(select c.oid, n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in (${kinds.map((kind) => `'${kind}'`).join(', ')})) o`;

const RELATION = {
  catalog: 'pg_class',
  oidOf: `(select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1::text and c.relname = $2::text)`,
  owner: '(select pg_get_userbyid(c.relowner) from pg_class c where c.oid = o.oid)',
  isRemade: true,
  acl: null,
  unfinished: null,
} as const satisfies Partial<Catalog>;

const grants = '(select oid, relacl as acl, relowner as owner from pg_class) o';
const TABLE = { ...RELATION, acl: { word: 'table', grants, fromPublic: false } } as const;
const VIEW = { ...TABLE, definition: 'pg_get_viewdef(o.oid)' } as const;

/** The columns by name, with their types, as the text of a JSON object. */
const COLUMNS = `(select jsonb_object_agg(a.attname, format_type(a.atttypid, a.atttypmod))::text from pg_attribute a
  where a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped)`;

/** Every kind of object that we make, in the order in which they can be dropped: what depends on others comes first. */
export const CATALOGS = {
  trigger: {
    catalog: 'pg_trigger',
    named: `(select t.oid, n.nspname as schema, t.tgname as name from pg_trigger t
             join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace) o`,
    oidOf: '(select oid from pg_trigger where tgrelid = $1::text::regclass and tgname = $2::text)',
    definition: `(select pg_get_triggerdef(t.oid) || ', ' || t.tgenabled::text from pg_trigger t where t.oid = o.oid)`,
    owner:
      '(select pg_get_userbyid(c.relowner) from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.oid = o.oid)',
    isRemade: true,
    acl: null,
    unfinished: null,
  },
  function: {
    catalog: 'pg_proc',
    named: `(select p.oid, n.nspname as schema, p.proname as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace) o`,
    // Only ever in the ledger's schema, under names of which each is there once.
    oidOf: `(select p.oid from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = $1::text and p.proname = $2::text)`,
    definition: 'pg_get_functiondef(o.oid)',
    owner: '(select pg_get_userbyid(p.proowner) from pg_proc p where p.oid = o.oid)',
    isRemade: true,
    acl: {
      word: 'function',
      grants: '(select oid, proacl as acl, proowner as owner from pg_proc) o',
      fromPublic: true,
    },
    unfinished: null,
  },
  'materialized view': { ...VIEW, named: relations('m') },
  view: { ...VIEW, named: relations('v') },
  index: {
    ...RELATION,
    named: relations('i', 'I'),
    definition: 'pg_get_indexdef(o.oid)',
    unfinished: `select from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
                 where n.nspname = $1::text and c.relname = $2::text
                   and i.indrelid in (select oid from drydock.objects where kind = 'table')`,
  },
  sequence: {
    ...RELATION,
    named: relations('S'),
    definition: 'null',
    isRemade: false,
    acl: { word: 'sequence', grants, fromPublic: false },
  },
  table: { ...TABLE, named: relations('r', 'p'), definition: COLUMNS, isRemade: false },
} as const satisfies Readonly<Record<string, Catalog>>;

export type ObjectKind = keyof typeof CATALOGS;

export const OBJECT_KINDS = Object.keys(CATALOGS) as readonly ObjectKind[];
