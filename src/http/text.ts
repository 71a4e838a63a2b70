import { IsISO8601, Matches, ValidateIf } from 'class-validator';

/** For a field of PATCH that may be left out but not cleared; `@IsOptional()` would let `null` pass every other check. */
export const MayBeAbsent = (): PropertyDecorator => ValidateIf((_object, value) => value !== undefined);

/** One line of text: no control characters, which cannot be stored everywhere and make two lines of one in a log. */
export const HasNoControls = (): PropertyDecorator =>
  // oxlint-disable-next-line no-control-regex -- control characters are what this refuses
  Matches(/^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/u, { message: 'must not hold control characters' });

export const IsNotBlank = (): PropertyDecorator => Matches(/\S/u, { message: 'must not be blank' });

const MOMENT = 'must be an RFC 3339 time with an offset';

/** RFC 3339 with a time and an offset; a date alone means another moment everywhere. */
export const IsMoment = (): PropertyDecorator => (target, key) => {
  IsISO8601({ strict: true, strictSeparator: true }, { message: MOMENT })(target, key);
  Matches(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/, { message: MOMENT })(target, key);
};
