import type { Schemas } from '../../api';

export type Member = Schemas['MemberView'];
export type Invitation = Schemas['InvitationView'];
