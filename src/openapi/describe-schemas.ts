import type { Components, Schema } from './openapi-types';

/** Names of fields that hold a moment, whether they are checked as text or given as a `Date`. */
const MOMENT = /(?:At|Before)$/;

/** The schemas of bodies, with what the compiler plugin cannot know. */
export const describeSchemas = (schemas: Components['schemas'] = {}): NonNullable<Components['schemas']> =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, '$ref' in schema ? schema : describeSchema(name, schema)]));

function describeSchema(name: string, schema: Schema): Schema {
  const properties = Object.entries(schema.properties ?? {});
  const required = schema.required?.filter((field) => !(name.endsWith('Dto') && hasDefault(schema.properties?.[field])));
  return {
    ...schema,
    properties: Object.fromEntries(properties.map(([field, value]) => [field, describeField(field, value)])),
    ...(required ? { required } : {}),
  };
}

/** A class field with an initial value is not optional in TypeScript, but the member of a body is. */
const hasDefault = (property: object | undefined): boolean =>
  property !== undefined && 'default' in property && property.default !== undefined;

/** A field or a parameter of that name, with its format. */
export const describeField = <S extends object>(name: string, schema: S): S => (MOMENT.test(name) ? (asMoment(schema) as S) : schema);

const asMoment = (schema: Schema): Schema =>
  [schema.type].flat().includes('string') && !schema.format ? { ...schema, format: 'date-time' } : schema;
