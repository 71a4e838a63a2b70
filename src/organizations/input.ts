import { ValidateBy } from 'class-validator';

import { HasLength, HasNoControls, IsNotBlank } from '../http';

const LONGEST_NAME = 100;
const LONGEST_ADDRESS = 254;

/** What somebody or something is called: one line, and no longer in the Unicode form in which names are compared (`fold`). */
export const IsName = (): PropertyDecorator => (target, key) => {
  HasLength(1, LONGEST_NAME)(target, key);
  IsNotBlank()(target, key);
  HasNoControls()(target, key);
  fits(LONGEST_NAME)(target, key);
};

/** Besides `@IsEmail()`, which takes quotes, and within them line breaks and whatever could be read as another address. */
export const IsPlainAddress = (): PropertyDecorator => (target, key) => {
  ValidateBy({ name: 'isPlainAddress', validator: { validate: isPlain, defaultMessage: () => 'must be a plain e-mail address' } })(
    target,
    key,
  );
  fits(LONGEST_ADDRESS)(target, key);
};

const isPlain = (value: unknown): boolean => typeof value === 'string' && !/["\\\s\p{C}]/u.test(value);

/** A character can be three in NFC, and then two each in lower case; folded columns are twice as wide as what they fold. */
const fits = (most: number): PropertyDecorator =>
  ValidateBy({
    name: 'fits',
    validator: {
      validate: (value) => typeof value === 'string' && [...value.normalize('NFC')].length <= most,
      defaultMessage: () => `must have at most ${most} characters in Unicode’s form NFC`,
    },
  });
