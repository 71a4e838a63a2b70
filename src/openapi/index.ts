/**
 * The service described in OpenAPI 3.1 (`OpenApiDocument`, `GET /openapi.json`): found on the controllers, with security, required
 * scopes and refusals of each operation from the route inventory.
 */
export { SCHEMES, whoMayCall } from './describe-operation';
export { OpenApiDocument, type OpenApiOptions } from './openapi-document';
export { OpenApiModule } from './openapi.module';
export { type Operation, operationsOf, type Parameter, type PathItem } from './openapi-types';
