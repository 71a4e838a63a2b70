import { type JsonSchema, resolve, type Schemas } from './schema-view';

/** Values that a reader recognizes and that the service accepts, by the name of the field. */
const BY_NAME: Readonly<Record<string, unknown>> = {
  name: 'Billing worker',
  email: 'ada@example.com',
  password: 'correct horse battery staple',
  currentPassword: 'correct horse battery staple',
  newPassword: 'battery staple horse correct',
  organizationName: 'Acme',
  organizationId: 'org_01j0000000000000000000000',
  role: 'developer',
  scopes: ['send_sms'],
  text: 'Your parcel arrives today.',
  subject: 'Your parcel',
  token: '…',
  refreshToken: '…',
  key: '$KEYSTILE_KEY',
};

/** Telephone numbers where `to` is one of them, mail addresses where it is a list. */
const PHONE = '+14155550123';
const MAIL = 'ada@example.com';

/** A body to begin with: what is required and no more, or one field where nothing is. */
export function exampleBody(schema: JsonSchema, schemas: Schemas): unknown {
  const { properties = {}, required = [] } = resolve(schema, schemas);
  const names = Object.keys(properties);
  const shown = required.length > 0 ? names.filter((name) => required.includes(name)) : [];
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
