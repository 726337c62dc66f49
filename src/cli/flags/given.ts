import type { Command, Option } from 'commander';
import { quoted } from '../../format/printable.js';
import { UsageError } from '../usage.js';

/**
 * Where the value of a flag comes from: the command line, else a variable of the environment, else the config file, else its
 * default. The flags of the commands are the one table: names of variables and of members of the file follow from it.
 */

/** Defaults of flags in a config file: of all commands that have them, or under a command's name of that one alone. */
export type FlagDefaults = Readonly<Record<string, FlagValue | Readonly<Record<string, FlagValue>>>>;
export type FlagValue = string | number | boolean;

export interface GivenFlags {
  readonly values: Readonly<Record<string, unknown>>;
  /** What gave a value that the command line did not give, for a message. */
  readonly origins: ReadonlyMap<string, string>;
}

/** Read before there is a config file. */
const EARLY: ReadonlySet<string> = new Set([
  'config',
  'environment',
  'json',
  'verbose',
  'logFormat',
  'color',
]);
/** They ask for something else than the command. */
const ASIDE: ReadonlySet<string> = new Set(['help', 'version']);

/** `--max-rate` is DRYDOCK_MAX_RATE, and `--no-capture` DRYDOCK_CAPTURE, which is true or false. */
export function variableOf(option: Pick<Option, 'attributeName'>): string {
  return `DRYDOCK_${option
    .attributeName()
    .replace(/[A-Z]/g, (letter) => `_${letter}`)
    .toUpperCase()}`;
}

/** Flags of a command and of the whole program. */
export function flagsOf(command: Command): readonly Option[] {
  const own = command.options.filter((option) => !ASIDE.has(option.attributeName()));
  return command.parent === null ? own : [...own, ...flagsOf(command.parent)];
}

/** @param file what the config file says, and where it is */
export function givenFlags(
  command: Command,
  env: Readonly<Record<string, string | undefined>>,
  file: { readonly path: string; readonly flags: FlagDefaults } | null = null,
): GivenFlags {
  const values: Record<string, unknown> = { ...command.optsWithGlobals() };
  const origins = new Map<string, string>();
  for (const option of flagsOf(command)) {
    const name = option.attributeName();
    if (command.getOptionValueSourceWithGlobals(name) === 'cli') continue;
    const variable = variableOf(option);
    const text = env[variable];
    const inFile = file === null ? undefined : fileValue(command, name, file.flags);
    if (text !== undefined) {
      values[name] = isSwitch(option) ? truthOf(text, variable, command.name()) : text;
      origins.set(name, variable);
    } else if (file !== null && inFile !== undefined) {
      values[name] = fromFile(option, inFile, file.path, command.name());
      origins.set(name, `flags.${name} of ${file.path}`);
    }
  }
  return { values, origins };
}

/** The one of the command goes before the one of all. */
function fileValue(command: Command, name: string, flags: FlagDefaults): FlagValue | undefined {
  const own = flags[command.name()];
  const value = (typeof own === 'object' ? own[name] : undefined) ?? flags[name];
  return typeof value === 'object' ? undefined : value;
}

const isSwitch = (option: Option) => !option.required && !option.optional;

function fromFile(option: Option, value: FlagValue, path: string, command: string): string | boolean {
  const name = option.attributeName();
  if (isSwitch(option)) {
    if (typeof value === 'boolean') return value;
    throw new UsageError(`flags.${name} of ${quoted(path)} wants true or false.`, command);
  }
  if (typeof value === 'boolean')
    throw new UsageError(`flags.${name} of ${quoted(path)} wants a value.`, command);
  return String(value);
}

const TRUE = ['1', 'true', 'yes', 'on'];
const FALSE = ['0', 'false', 'no', 'off', ''];

/** What a variable says of a switch; undefined where it is no truth. */
export function truthIn(text: string | undefined): boolean | undefined {
  const word = text?.toLowerCase();
  if (word === undefined) return undefined;
  return TRUE.includes(word) ? true : FALSE.includes(word) ? false : undefined;
}

function truthOf(text: string, variable: string, command: string): boolean {
  const truth = truthIn(text);
  if (truth !== undefined) return truth;
  throw new UsageError(`${variable} wants true or false, not ${quoted(text)}.`, command);
}

/** Members that no command has as a flag, each with what to write instead. */
export function unknownDefaults(program: Command, flags: FlagDefaults): string[] {
  const commands = new Map(program.commands.map((command) => [command.name(), command]));
  const wrong = (name: string, known: readonly Option[], where: string): string[] => {
    const option = known.find((one) => one.attributeName() === name);
    if (option === undefined) return [`${where} has no flag ${name}`];
    return EARLY.has(name) ? [`${name} is wanted before the file is read (${variableOf(option)})`] : [];
  };
  const all = [...program.options, ...program.commands.flatMap(({ options }) => options)];
  return Object.entries(flags).flatMap(([name, value]) => {
    const command = commands.get(name);
    // `report` is a command, and a flag of another one.
    if (typeof value === 'object')
      return command === undefined
        ? [`there is no command ${name}`]
        : Object.keys(value).flatMap((flag) => wrong(flag, flagsOf(command), name));
    return wrong(name, all, 'drydock');
  });
}

const wholes = new WeakMap<Command, () => Promise<Command>>();

/** A program may know one command alone; this makes it with all of them. */
export function registerWhole(program: Command, make: () => Promise<Command>): void {
  wholes.set(program, make);
}

/** The program with all of its commands. */
export async function wholeOf(program: Command): Promise<Command> {
  return (await wholes.get(program)?.()) ?? program;
}
