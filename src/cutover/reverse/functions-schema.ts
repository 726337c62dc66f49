import { FUNCTIONS_SCHEMA } from '../../legacy/moved.js';
import type { PrivateSchema } from '../private-schema.js';

export const FUNCTIONS: PrivateSchema = {
  name: FUNCTIONS_SCHEMA,
  marker: 'Made by Drydock: functions that run with the rights of the owners of legacy tables',
};
