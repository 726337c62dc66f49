import { modelOf } from '../../declare/column.js';
import { source } from '../../declare/source.js';
import type { Made } from '../../declare.js';
import { opportunitiesMapping } from './mapping.js';

/** What the opportunities phase makes, as declarations name it. */
export const opportunities: Made = {
  model: {
    name: opportunitiesMapping.phase,
    into: opportunitiesMapping.unified,
    duplicates: opportunitiesMapping.folded,
    sources: [modelOf(source('opportunities', { identity: ['id'] }))],
    id: null,
    ids: { table: 'opportunities', otherwise: '' },
  },
};
