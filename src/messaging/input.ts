import { ValidateBy, type ValidationOptions } from 'class-validator';

const E164 = /^\+[1-9]\d{6,14}$/;

const LOCAL_PART = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*";
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const EMAIL_ADDRESS = new RegExp(`^${LOCAL_PART}@(?:${LABEL}\\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])$`);
const LONGEST_ADDRESS = 254;
const LONGEST_LOCAL_PART = 64;

/** A phone number as it is dialled from anywhere: `+4915112345678`. */
export const isPhoneNumber = (text: unknown): text is string => typeof text === 'string' && E164.test(text);

/**
 * An address and nothing else: no display name, no comment, no quoted local part, no control character, ASCII only. Whatever
 * could be read as two addresses or end a header line is none.
 */
export const isEmailAddress = (text: unknown): text is string =>
  typeof text === 'string' && text.length <= LONGEST_ADDRESS && text.indexOf('@') <= LONGEST_LOCAL_PART && EMAIL_ADDRESS.test(text);

/** Text for a header: one line without control characters or halves of characters. */
export const isLine = (text: unknown): text is string => typeof text === 'string' && !/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(text);

/** Text for a body: the same, with line breaks and tabs. */
export const isText = (text: unknown): text is string =>
  typeof text === 'string' && !/[\p{Cc}\p{Cs}]/u.test(text.replaceAll(/[\t\n\r]/g, ''));

const check = (name: string, message: string, validate: (value: unknown) => boolean, options?: ValidationOptions): PropertyDecorator =>
  ValidateBy({ name, validator: { validate, defaultMessage: () => message } }, options);

export const IsPhone = (): PropertyDecorator => check('isPhone', 'must be a phone number in E.164, such as +4915112345678', isPhoneNumber);
export const IsAddress = (options?: ValidationOptions): PropertyDecorator =>
  check('isAddress', 'must be a plain e-mail address, such as ada@example.com', isEmailAddress, options);
export const IsLine = (options?: ValidationOptions): PropertyDecorator =>
  check('isLine', 'must be one line without control characters', isLine, options);
export const IsText = (options?: ValidationOptions): PropertyDecorator =>
  check('isText', 'must be text without control characters', isText, options);
export const MaxBytes = (most: number): PropertyDecorator =>
  check('maxBytes', `must be at most ${most} bytes of UTF-8`, (value) => typeof value === 'string' && Buffer.byteLength(value) <= most);
