import { ident, literal } from '../../db/identifier.js';
import type { RoutineDefinition, SequenceDefinition, TypeDefinition } from './document.js';
import type { Place } from './place.js';
import { comment, sequenceOptions } from './render-tables.js';

/** Statements that make a type again. */
export function createType(type: TypeDefinition, place: Place): string[] {
  const name = place.nameOf(type);
  return [
    definition(),
    ...comment(type.kind === 'domain' ? 'domain' : 'type', name, type.comment),
    ...type.attributes.flatMap((attribute) =>
      comment('column', `${name}.${ident(attribute.name)}`, attribute.comment),
    ),
  ];

  function definition(): string {
    if (type.kind === 'enum') return `create type ${name} as enum (${type.labels.map(literal).join(', ')})`;
    if (type.kind === 'composite') {
      const attributes = type.attributes.map(
        ({ name: attribute, type: of, collation }) =>
          `${ident(attribute)} ${of}${collation === null ? '' : ` collate ${collation}`}`,
      );
      return `create type ${name} as (${attributes.join(', ')})`;
    }
    return [
      `create domain ${name} as ${type.base ?? ''}`,
      ...(type.default === null ? [] : [`default ${type.default}`]),
      ...type.constraints
        .filter(isProven)
        .map((constraint) =>
          constraint.name === ''
            ? constraint.definition
            : `constraint ${ident(constraint.name)} ${constraint.definition}`,
        ),
    ].join(' ');
  }
}

/** Statements for what values that are there need not keep to, and for comments on what they do keep to. */
export function finishType({ schema, name, constraints }: TypeDefinition, place: Place): string[] {
  const domain = place.nameOf({ schema, name });
  return constraints.flatMap((constraint) => [
    ...(isProven(constraint)
      ? []
      : [`alter domain ${domain} add constraint ${ident(constraint.name)} ${constraint.definition}`]),
    ...(constraint.name === ''
      ? []
      : comment('constraint', `${ident(constraint.name)} on domain ${domain}`, constraint.comment)),
  ]);
}

function isProven({ definition }: TypeDefinition['constraints'][number]): boolean {
  return !definition.endsWith(' NOT VALID');
}

/** Statements that make a function or procedure again; its body is what it was, word for word. */
export function createRoutine(routine: RoutineDefinition, place: Place): string[] {
  const name = place.nameOf(routine);
  return [
    `create ${routine.kind} ${name}${routine.definition}`,
    ...comment(routine.kind, `${name}(${routine.arguments})`, routine.comment),
  ];
}

/** Makes a sequence again that is no column's identity, and says where it stood. */
export function createSequence(sequence: SequenceDefinition, place: Place): string[] {
  const unlogged = sequence.persistence === 'u' ? 'unlogged ' : '';
  return [
    `create ${unlogged}sequence ${place.nameOf(sequence)} as ${sequence.type} ${sequenceOptions(sequence)}`,
  ];
}

/** Gives a sequence its column, its value and its comment, when the column is there. */
export function finishSequence(sequence: SequenceDefinition, place: Place): string[] {
  const { ownedBy, identity } = sequence;
  const name = place.nameOf(sequence);
  const column =
    ownedBy === null ? '' : `${place.nameOf({ ...ownedBy, name: ownedBy.table })}.${ident(ownedBy.column)}`;
  return [
    ...(ownedBy === null || identity ? [] : [`alter sequence ${name} owned by ${column}`]),
    `select setval(${literal(name)}::regclass, ${BigInt(sequence.lastValue)}, ${sequence.isCalled})`,
    ...comment('sequence', name, sequence.comment),
  ];
}
