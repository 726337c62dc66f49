import { dropDatabasesAfterFile } from './database.js';
import { closeSessionsAfterFile } from './session.js';

// Vitest runs this file before every test file, also where the files of one process share their modules.
dropDatabasesAfterFile();
// Registered later, and therefore run earlier: databases are dropped without sessions.
closeSessionsAfterFile();
