/**
 * What an operator sets: the environment, read once and checked (`readSettings`), and the secrets, as set or generated
 * (`loadSecrets`). Nothing else in the product reads `process.env`.
 */
export { loadSecrets, newPeppers, newSigningKeys, type Pepper, type Secrets, type SigningJwk } from './secrets';
export { type Environment, readSettings, type SettingName, SETTINGS, type Settings, SettingsError } from './settings';
