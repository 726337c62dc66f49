import type { Project } from './project/project.js';
import { redditHarbor } from './redditharbor/project.js';

/** What is restructured where nobody names anything else. The one file of the engine that names a project. */
export const DEFAULT_PROJECT: Project = redditHarbor;
