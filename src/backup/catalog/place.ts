import { qualified } from '../../db/identifier.js';
import type { CatalogDocument } from './document.js';

/** Where things are made again: under their own names, or with the schemas of the tables replaced by another one. */
export interface Place {
  /** The schema that stands for one of the document. */
  schemaFor(schema: string): string;
  /** A quoted name. */
  nameOf(object: { readonly schema: string; readonly name: string }): string;
}

export function placeOf(document: CatalogDocument, into: string | null): Place {
  const homes = new Set(document.tables.map(({ schema }) => schema));
  const schemaFor = (schema: string): string => (into !== null && homes.has(schema) ? into : schema);
  return { schemaFor, nameOf: ({ schema, name }) => qualified(schemaFor(schema), name) };
}

/** The document as the catalog would read once it was made again in that place. */
export function placed(document: CatalogDocument, place: Place): CatalogDocument {
  const move = <T extends { readonly schema: string }>(object: T): T => ({
    ...object,
    schema: place.schemaFor(object.schema),
  });
  return {
    schemas: document.schemas,
    types: document.types.map(move),
    routines: document.routines.map(move),
    sequences: document.sequences.map((sequence) => ({
      ...move(sequence),
      ownedBy: sequence.ownedBy === null ? null : move(sequence.ownedBy),
    })),
    tables: document.tables.map((table) => ({
      ...move(table),
      foreignKeys: table.foreignKeys.map((key) => ({ ...key, target: move(key.target) })),
      statistics: table.statistics.map(move),
    })),
  };
}
