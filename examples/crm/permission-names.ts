import { applyDecorators, Controller } from '@nestjs/common';
import { Resource } from 'keystile';

/**
 * A controller whose permissions come from its path and the method of each route: `/api/v1/clients` → `client`, and
 * GET → `read`, POST → `create`, PUT and PATCH → `update`, DELETE → `delete`.
 */
export const ResourceController = (path: string): ClassDecorator =>
  applyDecorators(Controller(path), Resource(singular(path.split('/').at(-1)!)));

/**
 * The document writes `client.*` and maps the path to `clients`. Permissions are kept in the singular; the plural is understood where
 * they are given.
 */
export function canonicalPermission(permission: string): string {
  const [resource = '', ...rest] = permission.split('.');
  return rest.length === 0 ? permission : [singular(resource), ...rest].join('.');
}

const singular = (resource: string): string => resource.replace(/s$/, '');
