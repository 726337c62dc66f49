import type { Project } from '../project/project.js';
import { enhancements } from './enhancements/definition.js';
import { consolidations } from './phases.js';
import { questions } from './questions/definition.js';
import { TABLES } from './tables.js';

/** RedditHarbor's database: its tables, the two consolidations over them, the enhancements and the questions of its users. */
export const redditHarbor: Project = {
  name: 'RedditHarbor',
  tables: TABLES,
  consolidations,
  derived: enhancements,
  questions,
};
