import { IsRole } from './role-name';

export class UpdateMemberDto {
  /** A built-in role or `rol_…`, none that can do more than you. */
  @IsRole()
  readonly role!: string;
}

export class MemberView {
  readonly userId!: string;
  readonly email!: string;
  readonly name!: string;
  /** A built-in name or `rol_…`. */
  readonly role!: string;
  /** When the person joined. */
  readonly createdAt!: Date;
}

export class MemberListView {
  readonly data!: readonly MemberView[];
  readonly hasMore!: boolean;
  readonly nextCursor!: string | null;
}
