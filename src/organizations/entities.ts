import { Invitation } from './invitation.entity';
import { Membership } from './membership.entity';
import { OneTimeToken } from './one-time-token.entity';
import { Organization } from './organization.entity';
import { Role } from './role.entity';
import { ServiceAccount } from './service-account.entity';
import { Session } from './session.entity';
import { User } from './user.entity';

export const organizationEntities = [Organization, User, Membership, Role, ServiceAccount, Invitation, Session, OneTimeToken];
