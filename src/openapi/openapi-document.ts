import { Inject, Injectable, type INestApplication } from '@nestjs/common';
import { HTTP_CODE_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService } from '@nestjs/core';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

import { takesIfMatch } from '../http';
import { RouteInventory } from '../permissions';
import { describeOperation, type RouteFacts, SCHEMES } from './describe-operation';
import { describeSchemas } from './describe-schemas';
import { type Components, type Operation, operationsOf, type PathItem } from './openapi-types';
import { operationId } from './operation-id';
import { problemResponses, problemSchema } from './problem-schemas';

export interface OpenApiOptions {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  /** Where people reach the service. */
  readonly publicUrl: string;
  readonly sessionCookie: string;
  /** A sentence about each tag. The order of the tags is theirs. */
  readonly tags: Readonly<Record<string, string>>;
}

export const OPENAPI_OPTIONS = Symbol('keystile:openapi-options');

/** What the decorators say; whether the body names scopes stands in its schema. */
type DeclaredFacts = Omit<RouteFacts, 'namesScopes'>;
type Schemas = NonNullable<Components['schemas']>;

const CREATING: ReadonlyArray<number | undefined> = [undefined, 201, 202];

/**
 * What the service says about itself in OpenAPI 3.1: what `@nestjs/swagger` finds on the controllers, completed with who may call
 * each operation. Made when it is first asked for, then kept. Schemas of bodies come from the compiler plugin of `nest build`: under Jest
 * they are empty.
 */
@Injectable()
export class OpenApiDocument {
  private app: INestApplication | undefined;
  private document: OpenAPIObject | undefined;

  constructor(
    @Inject(RouteInventory) private readonly inventory: RouteInventory,
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(OPENAPI_OPTIONS) private readonly options: OpenApiOptions,
  ) {}

  /** Call it once, when the application is made. */
  describes(app: INestApplication): void {
    this.app = app;
  }

  read(): OpenAPIObject {
    this.document ??= this.build();
    return this.document;
  }

  private build(): OpenAPIObject {
    if (!this.app) throw new Error('There is no application to describe: OpenApiDocument.describes(app) has not been called');
    const document = SwaggerModule.createDocument(this.app, this.frame(), {
      operationIdFactory: (controller, handler) => `${controller}.${handler}`,
    });
    const facts = this.routeFacts();
    const schemas = describeSchemas(document.components?.schemas);
    const paths = Object.entries(document.paths).map(([path, item]) => [path, describePath(path, item, facts, schemas)] as const);
    const used = new Set(paths.flatMap(([, item]) => operationsOf(item).flatMap(([, { tags = [] }]) => tags)));
    return {
      ...document,
      paths: Object.fromEntries(paths),
      tags: this.tags(used),
      components: {
        ...document.components,
        schemas: { ...schemas, Problem: problemSchema },
        responses: problemResponses,
      },
    };
  }

  private frame(): Omit<OpenAPIObject, 'paths'> {
    const { title, version, description, publicUrl, sessionCookie } = this.options;
    return new DocumentBuilder()
      .setOpenAPIVersion('3.1.0')
      .setTitle(title)
      .setVersion(version)
      .setDescription(description)
      .addServer(publicUrl)
      .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key, or the access token of a person.' }, SCHEMES.bearer)
      .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key.' }, SCHEMES.header)
      .addApiKey({ type: 'apiKey', in: 'cookie', name: sessionCookie, description: 'The session of the dashboard.' }, SCHEMES.cookie)
      .build();
  }

  /** Those that the options know in their order, then the others. */
  private tags(used: ReadonlySet<string>): Array<{ name: string; description?: string }> {
    const known = Object.keys(this.options.tags).filter((name) => used.has(name));
    return [...new Set([...known, ...used])].map((name) => ({ name, description: this.options.tags[name] }));
  }

  /** By `KeyController.rotate`: that name stands in the inventory and, for now, in the operation. */
  private routeFacts(): ReadonlyMap<string, DeclaredFacts> {
    const controllers = new Map(this.discovery.getControllers().map(({ metatype }) => [metatype?.name, metatype as Function | null]));
    return new Map(
      this.inventory.routes.flatMap(({ method, access, name }) => {
        const [className = '', handlerName = ''] = name.split('.');
        const controller = controllers.get(className);
        if (!controller || method === 'HEAD') return [];
        const handler = (controller.prototype as Record<string, object>)[handlerName]!;
        const status = Reflect.getMetadata(HTTP_CODE_METADATA, handler) as number | undefined;
        const isRepeatable = method === 'POST' && access.kind !== 'public' && CREATING.includes(status);
        return [[name, { method, access, isRepeatable, takesIfMatch: takesIfMatch(controller, handlerName) }]];
      }),
    );
  }
}

function describePath(path: string, item: PathItem, facts: ReadonlyMap<string, DeclaredFacts>, schemas: Schemas): PathItem {
  return Object.fromEntries(
    operationsOf(item).map(([method, operation]) => {
      const name = operation.operationId ?? '';
      const known = facts.get(name);
      if (!known) throw new Error(`${path} (${name}) stands in the OpenAPI document but not in the route inventory`);
      const described = describeOperation(operation, { ...known, namesScopes: namesScopes(operation, schemas) });
      return [method, { ...described, operationId: operationId(name.split('.')[1]!, path) }];
    }),
  );
}

/** Whether the body has a field `scopes`, so that it may name some that do not exist. */
function namesScopes({ requestBody }: Operation, schemas: Schemas): boolean {
  const body = requestBody && 'content' in requestBody ? requestBody.content['application/json']?.schema : undefined;
  const schema = body && '$ref' in body ? schemas[body.$ref.split('/').at(-1)!] : undefined;
  return schema !== undefined && 'properties' in schema && 'scopes' in (schema.properties ?? {});
}
