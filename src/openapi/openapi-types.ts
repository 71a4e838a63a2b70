import type { OpenAPIObject } from '@nestjs/swagger';

/** The parts of an OpenAPI document, whose names `@nestjs/swagger` keeps to itself. */
export type PathItem = OpenAPIObject['paths'][string];
export type Operation = NonNullable<PathItem['get']>;
export type Responses = Operation['responses'];
export type SecurityRequirement = NonNullable<Operation['security']>[number];
export type Components = NonNullable<OpenAPIObject['components']>;
export type Reference = { readonly $ref: string };
export type Schema = Exclude<NonNullable<Components['schemas']>[string], Reference>;
export type Response = Exclude<NonNullable<Components['responses']>[string], Reference>;
export type Parameter = Exclude<NonNullable<Operation['parameters']>[number], Reference>;

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

/** The operations of a path, each with its method. */
export const operationsOf = (item: PathItem): Array<[(typeof METHODS)[number], Operation]> =>
  METHODS.flatMap((method) => (item[method] ? [[method, item[method]] as [typeof method, Operation]] : []));
