export { version } from '../words/version.js';
