import type pg from 'pg';
import { unconvertible } from '../consolidation/column-stops.js';
import { declaredModel } from '../consolidation/phase.js';
import { projectOf } from '../consolidation/project.js';
import { foundModel } from '../consolidation/variants.js';
import { bindPhases, type Context, openContext } from '../context/context.js';
import { secondsSince, stoppable } from '../context/stoppable.js';
import { type Cleanup, withCleanup } from '../db/cleanup.js';
import { connector } from '../db/connect.js';
import { readTogether } from '../db/fresh-snapshot.js';
import { type ConsolidationModel, thingColumnOf } from '../declare/model.js';
import type { BadDeclarationError } from '../declare/refuse.js';
import { DrydockError } from '../errors.js';
import { detectLegacy } from '../legacy/detect.js';
import { bindPhase } from '../mapping/bind.js';
import type { Phase } from '../mapping/phase.js';
import { catalogStops, foreignTables } from '../plan/stops.js';
import { consolidationsOf } from '../project/project.js';
import {
  CHECK_DEFAULTS,
  type CheckFault,
  type CheckOptions,
  type CheckRefusal,
  type CheckReport,
  type ConversionTrial,
} from '../reports/check.js';
import { requireOptions } from '../reports/options.js';
import { present, tryComputed } from './computed.js';
import { conversionTrials, goldenPools, withWrites } from './conversions.js';
import { poolsOf, randomRows, relationName, type SourcePools, valueRows } from './generated-rows.js';
import { Random } from './random.js';
import { makeTables, readDefinitions, type SourceDefinitions } from './schema-copy.js';
import { openScratch, type Scratch } from './scratch.js';
import { shrink } from './shrink.js';
import { type Found, type Stage, tryWorld, type World, type WorldOutcome } from './try-world.js';
import { type GoldenPools, oldNameWrites, unifiedName, unifiedWrites, valueWrites } from './writes.js';

/** Rows of each source, and writes of each kind, in a random world. */
const ROWS = 30;
const WRITES = 24;
/** Which part of the time things are tried for; in the rest the smallest example of a fault is looked for. */
const TRYING = 0.6;

/** The report of a declaration that is refused as it stands. */
export function refusedCheck({ refusals, code }: BadDeclarationError): CheckReport {
  return {
    database: null,
    server: null,
    schema: null,
    seed: CHECK_DEFAULTS.seed,
    scratch: null,
    refusals: refusals.map((refusal) => ({ code, ...refusal })),
    conversions: [],
    tried: { worlds: 0, rows: 0, refusedRows: 0, writes: { oldNames: 0, unified: 0, refused: 0 } },
    faults: [],
    notTried: [],
    seconds: 0,
  };
}

/**
 * Tries a declaration before anything is made: against itself and the catalog; then its conversions, its rules and what it has
 * the server work out, with generated rows and writes in databases of a scratch server. Of the user's database only the catalog
 * is read.
 *
 * @throws DrydockError
 */
export async function check(options: CheckOptions): Promise<CheckReport> {
  requireOptions('check', options);
  const start = performance.now();
  return stoppable(options, 'Nothing was written to your database: it was only read.', () =>
    withCleanup(async (cleanup) => {
      const { seed = CHECK_DEFAULTS.seed, seconds = CHECK_DEFAULTS.seconds } = options;
      const context = await openContext(options, cleanup, 'welcome');
      const { refusals, phases } = await refusalsOf(context);
      const trial = new Trial(context, {
        seed,
        until: start + seconds * 1000,
        trying: start + seconds * 1000 * TRYING,
      });
      if (refusals.length === 0) await trial.make(phases, options.scratchUrl, cleanup);
      return {
        database: context.database,
        server: context.server,
        schema: context.schema,
        seed,
        refusals,
        ...trial.results(),
        seconds: secondsSince(start),
      };
    }),
  );
}

async function refusalsOf(
  context: Context,
): Promise<{ readonly refusals: readonly CheckRefusal[]; readonly phases: readonly Phase[] }> {
  try {
    const phases = bindPhases(context);
    return { refusals: await catalogStops(context, phases), phases };
  } catch (error) {
    // Without a column that the declaration names no rules can be made; the rest can be looked at all the same.
    if (!(error instanceof DrydockError) || error.code !== 'missing-columns') throw error;
    const refusals = await catalogStops(context, []);
    for (const definition of consolidationsOf(context.project, context.phaseNames)) {
      const { name, mapping } = definition;
      const model = declaredModel(definition);
      refusals.push(...(await foreignTables(context, { name, schema: context.schema, mapping })));
      if (model !== null) refusals.push(...unconvertible(model, bindPhase(mapping, context.legacy)));
    }
    return { refusals, phases: [] };
  }
}

interface Budget {
  readonly seed: number;
  readonly until: number;
  readonly trying: number;
}

/** A consolidation behind those whose things its rows are about. */
function standingOn(
  model: ConsolidationModel,
  all: readonly ConsolidationModel[],
): readonly ConsolidationModel[] {
  const of = thingColumnOf(model)?.of.consolidation;
  const below = all.find(({ name }) => name === of);
  return below === undefined ? [model] : [...standingOn(below, all), model];
}

class Trial {
  readonly #context: Context;
  readonly #budget: Budget;
  #scratch: Scratch | null = null;
  #conversions: ConversionTrial[] = [];
  readonly #faults: CheckFault[] = [];
  readonly #notTried: string[] = [];
  #models: readonly ConsolidationModel[] = [];
  readonly #tried = { worlds: 0, rows: 0, refusedRows: 0, oldNames: 0, unified: 0, refused: 0 };

  constructor(context: Context, budget: Budget) {
    this.#context = context;
    this.#budget = budget;
  }

  results(): Pick<CheckReport, 'scratch' | 'conversions' | 'tried' | 'faults' | 'notTried'> {
    const { worlds, rows, refusedRows, oldNames, unified, refused } = this.#tried;
    return {
      scratch: this.#scratch?.name ?? null,
      conversions: this.#conversions,
      tried: { worlds, rows, refusedRows, writes: { oldNames, unified, refused } },
      faults: this.#faults,
      notTried: this.#notTried,
    };
  }

  /** Tries each consolidation by itself. */
  async make(phases: readonly Phase[], scratchUrl: string | undefined, cleanup: Cleanup): Promise<void> {
    const { session, project, phaseNames, legacy, signal, schema } = this.#context;
    const models = consolidationsOf(project, phaseNames).flatMap((definition) => {
      const model = declaredModel(definition);
      const thing = model === null ? null : thingColumnOf(model);
      if (thing !== null) {
        this.#notTried.push(
          `Phase ${definition.name} is about what ${thing.of.consolidation} makes; its rules were not tried by themselves.`,
        );
        return [];
      }
      if (model !== null) return [model];
      this.#notTried.push(`Phase ${definition.name} is not declared by columns; its rules were not tried.`);
      return [];
    });
    // Once a legacy table was dropped, a view has its name.
    const tables = [...legacy.tables.values()].filter(({ kind }) => kind !== 'v');
    const sql = phases.flatMap(({ bound }) =>
      bound.sources.flatMap(({ rule }) => (rule.gifts ?? []).map((gift) => gift.sql)),
    );
    if (models.length === 0 || tables.length === 0) return;
    const definitions = await readTogether(session, signal, () => readDefinitions(session, tables, sql));
    this.#say('Starting a server for trials ...');
    const scratch = await openScratch(scratchUrl, cleanup);
    this.#scratch = scratch;
    signal?.throwIfAborted();
    const homes = new Set([schema, ...tables.map(({ home }) => home)]);
    await makeTables(scratch.base, definitions, [...homes]);
    this.#models = models;
    for (const model of models) await this.#tryOne(scratch, model, definitions);
  }

  async #tryOne(scratch: Scratch, model: ConsolidationModel, definitions: SourceDefinitions): Promise<void> {
    const { stage, golden, faults } = await this.#stage(scratch, model, definitions);
    this.#faults.push(...faults);
    if (stage.sources.length === 0) return;
    this.#say(`Phase ${model.name}: values of each column, there and back ...`);
    await this.#tryValues(stage, golden);
    for (let round = 0; round === 0 || performance.now() < this.#budget.trying; round++) {
      if (this.#faults.some(({ kind, phase }) => kind !== 'computed' && phase === model.name)) return;
      this.#say(`Phase ${model.name}: rows and writes of chance, ${round + 1} ...`);
      const random = new Random(this.#budget.seed + round);
      const rows = randomRows(stage.sources, ROWS, random);
      await this.#tryWorld(stage, {
        rows,
        writes: [
          ...oldNameWrites(stage.sources, rows, WRITES, random),
          ...unifiedWrites(model, stage.sources, rows, golden, WRITES, random),
        ],
      });
    }
  }

  /** Binds the consolidation to the scratch database, and tries there what the server works out. */
  async #stage(
    scratch: Scratch,
    declared: ConsolidationModel,
    definitions: SourceDefinitions,
  ): Promise<{
    readonly stage: Stage;
    readonly golden: GoldenPools;
    readonly faults: readonly CheckFault[];
  }> {
    const { schema, signal } = this.#context;
    // Rows of chance meet more often than it is good for.
    const project = projectOf(
      standingOn(declared, this.#models).map((model) => ({ model: { ...model, largestGroup: null } })),
    );
    return withCleanup(async (cleanup) => {
      const session = await connector(scratch.base, signal).open(cleanup);
      const legacy = await detectLegacy(session, { tables: project.tables, schema });
      const model = foundModel(declared, legacy);
      const sources: SourcePools[] = [];
      for (const definition of project.consolidations) {
        const own = declaredModel(definition);
        if (own === null) continue;
        const one = {
          phase: definition.bind(legacy, new Set()),
          model: foundModel(own, legacy),
          definitions,
        };
        sources.push(...(await poolsOf(session, one, (why) => this.#notTried.push(why))));
      }
      const golden = await goldenPools(session, model);
      const rows = [...valueRows(sources), ...randomRows(sources, ROWS, new Random(this.#budget.seed))];
      const faults: CheckFault[] = [];
      for (const one of sources) faults.push(...(await tryComputed(session, one, rows)));
      return {
        stage: { scratch, project, schema, model, sources, signal, until: this.#budget.until },
        golden,
        faults,
      };
    });
  }

  /** Every value once, however long it takes. */
  async #tryValues(stage: Stage, golden: GoldenPools): Promise<void> {
    const rows = valueRows(stage.sources);
    const writes = valueWrites(stage.model, stage.sources, rows, golden);
    const { asked, taken } = await this.#tryWorld(
      { ...stage, until: Number.POSITIVE_INFINITY },
      { rows, writes },
      (client) => conversionTrials(client, stage),
    );
    this.#conversions.push(...withWrites((asked as ConversionTrial[] | null) ?? [], writes, taken));
  }

  async #tryWorld(
    stage: Stage,
    world: World,
    ask?: (client: pg.Client) => Promise<unknown>,
  ): Promise<WorldOutcome> {
    const outcome = await tryWorld(stage, world, ask);
    const { rows, refusedRows, oldNames, unified, refused } = outcome;
    const more = { worlds: 1, rows, refusedRows, oldNames, unified, refused };
    for (const name of Object.keys(more) as (keyof typeof more)[]) this.#tried[name] += more[name];
    if (outcome.found !== null) this.#faults.push(await this.#smallest(stage, world, outcome.found));
    return outcome;
  }

  async #smallest(stage: Stage, world: World, found: Found): Promise<CheckFault> {
    this.#say('Something went wrong: looking for the smallest example ...');
    const smallest = await shrink(world, found, {
      tryWorld: async (smaller) => (await tryWorld(stage, smaller)).found,
      hasTime: () => performance.now() < this.#budget.until,
    });
    const nameOf = (table: string, on: 'old-names' | 'unified') =>
      on === 'unified' ? unifiedName(stage.schema, stage.model) : relationName(stage.sources, table);
    return {
      kind: smallest.found.kind,
      phase: stage.model.name,
      message: smallest.found.message,
      rows: smallest.rows.map(({ table, values }) => ({ table, values: present(values) })),
      writes: smallest.writes.map((write) => write.statement(nameOf(write.table, write.on))),
      next: 'Declare the columns named here in another way, or report it with this example: a consolidation must not do this.',
    };
  }

  #say(message: string): void {
    this.#context.report({ type: 'notice', level: 'info', message });
  }
}
