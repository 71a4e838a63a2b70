import { type JsonSchema, resolve, type Schemas } from './schema-view';

/** Values that a reader recognizes and that the service accepts, by the name of the field. */
const BY_NAME: Readonly<Record<string, unknown>> = {
  name: 'Billing worker',
  email: 'ada@example.com',
  password: 'correct horse battery staple',
  currentPassword: 'correct horse battery staple',
  newPassword: 'battery staple horse correct',
  organizationName: 'Acme',
  organizationId: 'org_01j00000000000000000000000',
  role: 'developer',
  scopes: ['send_sms'],
  text: 'Your parcel arrives today.',
  subject: 'Your parcel',
  token: '…',
  refreshToken: '…',
  key: '$KEYSTILE_KEY',
  reason: 'The laptop was lost.',
  overlapSeconds: 86_400,
};

/** Telephone numbers where `to` is one of them, mail addresses where it is a list. */
const PHONE = '+14155550123';
const MAIL = 'ada@example.com';

/** Fields that no schema requires, because one of several will do, but without which an example does not work. */
const NEEDED = new Set(['text']);

/** A body to begin with: what is required and no more; where nothing is, one field that a reader recognizes. */
export function exampleBody(schema: JsonSchema, schemas: Schemas): unknown {
  const { properties = {}, required = [] } = resolve(schema, schemas);
  const names = Object.keys(properties);
  const needed = names.filter((name) => required.includes(name) || NEEDED.has(name));
  const shown = needed.length > 0 ? needed : names.filter((name) => name in BY_NAME).slice(0, 1);
  return Object.fromEntries(shown.map((name) => [name, exampleValue(name, properties[name]!, schemas)]));
}

function exampleValue(name: string, field: JsonSchema, schemas: Schemas): unknown {
  const schema = resolve(field, schemas);
  const given = schema.example ?? schema.examples?.[0] ?? schema.default;
  if (given !== undefined && given !== null) return given;
  const type = [schema.type].flat().find((word) => word !== 'null');
  if (name === 'to') return type === 'array' ? [MAIL] : PHONE;
  if (name in BY_NAME) return BY_NAME[name];
  if (schema.enum) return schema.enum[0];
  if (type === 'array') return schema.items ? [exampleValue('', schema.items, schemas)] : [];
  if (type === 'object') return exampleBody(schema, schemas);
  if (type === 'integer' || type === 'number') return schema.minimum ?? 1;
  if (type === 'boolean') return true;
  return schema.format === 'date-time' ? '2030-01-31T12:00:00.000Z' : '…';
}
