import { Matches } from 'class-validator';

/** The role of a member, an invitation or a service account, as it is named on the wire. */
export const IsRole = (): PropertyDecorator =>
  Matches(/^(?:owner|admin|developer|auditor|rol_[0-7][0-9a-hjkmnp-tv-z]{25})$/, {
    message: 'must be owner, admin, developer, auditor or the id of a role',
  });
