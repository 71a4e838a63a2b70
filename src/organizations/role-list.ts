import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, IsNull } from 'typeorm';

import { isId, notFound, type Page, PageCursors, type PagePosition, type Principal } from '../common';
import { type PageQueryDto, tagged } from '../http';
import { BUILT_IN_ROLES, type BuiltInRole, builtInRole } from './built-in-roles';
import { newestFirst, positionOf } from './newest-first';
import type { RoleView } from './role.dto';
import { Role } from './role.entity';

/** Where a list stands once it has come to the built-in roles: before 1970, and so after every role that somebody made. */
const builtInPosition = (role: BuiltInRole): PagePosition => [-1 - BUILT_IN_ROLES.indexOf(role), role.name];

const isBuiltIn = (row: Role | BuiltInRole): row is BuiltInRole => !('id' in row);

/** Shows the roles of an organization: its own, newest first, and after them the built-in ones. */
@Injectable()
export class RoleList {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly cursors: PageCursors,
  ) {}

  async list({ organizationId }: Principal, page: PageQueryDto): Promise<Page<RoleView>> {
    const audience = `roles:${organizationId}`;
    const [after] = page.cursor === undefined ? [0] : this.cursors.read(audience, page.cursor);
    const isAmongBuiltIn = Number(after) < 0;
    const where = { organizationId, deletedAt: IsNull() };
    const own = isAmongBuiltIn ? [] : await newestFirst(this.database.manager, Role, where, this.cursors, audience, page);
    const rows = [...own, ...BUILT_IN_ROLES.slice(isAmongBuiltIn ? -Number(after) : 0)];
    const place = (row: Role | BuiltInRole): PagePosition => (isBuiltIn(row) ? builtInPosition(row) : positionOf(row));
    return this.cursors.page(audience, rows, page.limit, place, (row) => (isBuiltIn(row) ? builtInView(row) : roleView(row)));
  }

  /** @throws Problem `not_found` */
  async get({ organizationId }: Principal, id: string): Promise<RoleView> {
    const builtIn = builtInRole(id);
    if (!builtIn && !isId('rol', id)) throw notFound();
    return builtIn ? builtInView(builtIn) : roleView(await this.row(this.database.manager, organizationId, id));
  }

  /** @throws Problem `not_found` */
  async row(manager: EntityManager, organizationId: string, id: string): Promise<Role> {
    const role = isId('rol', id) ? await manager.findOneBy(Role, { id, organizationId, deletedAt: IsNull() }) : null;
    if (!role) throw notFound();
    return role;
  }
}

export function roleView({ id, name, description, scopes, createdAt, version }: Role): RoleView {
  return tagged({ id, name, description, scopes, builtIn: false, createdAt }, version);
}

const builtInView = ({ name, description, scopes }: BuiltInRole): RoleView => ({
  id: name,
  name,
  description,
  scopes,
  builtIn: true,
  createdAt: null,
});
