import { type DynamicModule, Module } from '@nestjs/common';

import { AccountDeletion } from './account-deletion';
import { BackgroundWork } from './background-work';
import { ExpiredSweep } from './expired-sweep';
import { InvitationAcceptance } from './invitation-acceptance';
import { InvitationMail } from './invitation-mail';
import { InvitationController } from './invitation.controller';
import { InvitationService } from './invitation.service';
import { KEY_CONTACTS } from './key-contacts';
import { LoginService } from './login.service';
import { MemberController } from './member.controller';
import { MemberService } from './member.service';
import { OneTimeTokens } from './one-time-tokens';
import { OrganizationController } from './organization.controller';
import { OrganizationService } from './organization.service';
import { ORGANIZATIONS_OPTIONS, type OrganizationsOptions } from './organizations-options';
import { OWNER_DIRECTORY } from './owner-directory';
import { PasswordResetService } from './password-reset.service';
import { RefreshTokens } from './refresh-token';
import { RoleController } from './role.controller';
import { RoleList } from './role-list';
import { RoleService } from './role.service';
import { ServiceAccountController } from './service-account.controller';
import { ServiceAccountService } from './service-account.service';
import { SessionRefresh } from './session-refresh';
import { SessionService } from './session.service';
import { SetupService } from './setup.service';
import { StoredKeyContacts } from './stored-key-contacts';
import { StoredOwnerDirectory } from './stored-owner-directory';
import { UserService } from './user.service';

/** For those who sign people in, and for the keys. */
const EXPORTED = [
  AccountDeletion,
  InvitationAcceptance,
  LoginService,
  PasswordResetService,
  SessionRefresh,
  SessionService,
  SetupService,
  UserService,
];

/** Organizations and people. Needs two global ports from elsewhere: `ON_OWNER_REMOVED` (the keys) and `MAILER`. */
@Module({})
export class OrganizationsModule {
  static forRoot(options: OrganizationsOptions): DynamicModule {
    return {
      module: OrganizationsModule,
      global: true,
      controllers: [OrganizationController, MemberController, InvitationController, ServiceAccountController, RoleController],
      providers: [
        ...EXPORTED,
        BackgroundWork,
        ExpiredSweep,
        InvitationMail,
        InvitationService,
        MemberService,
        OneTimeTokens,
        OrganizationService,
        RoleList,
        RoleService,
        ServiceAccountService,
        { provide: ORGANIZATIONS_OPTIONS, useValue: options },
        { provide: RefreshTokens, useValue: new RefreshTokens(options.refreshSecrets) },
        { provide: OWNER_DIRECTORY, useClass: StoredOwnerDirectory },
        { provide: KEY_CONTACTS, useClass: StoredKeyContacts },
      ],
      exports: [...EXPORTED, OWNER_DIRECTORY, KEY_CONTACTS],
    };
  }
}
