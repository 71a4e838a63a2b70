import { IsISO8601, Matches, ValidateBy, ValidateIf, type ValidationArguments } from 'class-validator';

/** For a field of PATCH that may be left out but not cleared; `@IsOptional()` would let `null` pass every other check. */
export const MayBeAbsent = (): PropertyDecorator => ValidateIf((_object, value) => value !== undefined);

/** What is wrong with a text; of anything else, that it is none. */
const ofText =
  (words: string) =>
  ({ value }: ValidationArguments): string =>
    typeof value === 'string' ? words : 'must be a text';

/** One line of text: no control characters and no halves of characters, which cannot be stored everywhere and make two lines of one in a log. */
export const HasNoControls = (): PropertyDecorator =>
  // oxlint-disable-next-line no-control-regex -- control characters are what this refuses
  Matches(/^[^\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]*$/u, { message: ofText('must not hold control characters') });

export const IsNotBlank = (): PropertyDecorator => Matches(/\S/u, { message: ofText('must not be blank') });

/**
 * So many characters, as databases count them. `@Length()` leaves variation selectors out, and a name of a hundred letters and a
 * thousand selectors then passes it and not the column.
 */
export const HasLength = (least: number, most: number): PropertyDecorator =>
  ValidateBy({
    name: 'hasLength',
    validator: {
      validate: (value) => typeof value === 'string' && value.length <= 2 * most && isBetween([...value].length, least, most),
      defaultMessage: (of) => ofText(`must have ${least} to ${most} characters`)(of!),
    },
  });

const isBetween = (value: number, least: number, most: number): boolean => value >= least && value <= most;

const MOMENT = 'must be an RFC 3339 time with an offset';

/** A time as it arrives from an address where the `+` of its offset was not escaped. */
const LOST_PLUS = /T[\d:.]+ \d\d:\d\d$/;

const wrongMoment = ({ value }: ValidationArguments): string =>
  typeof value === 'string' && LOST_PLUS.test(value) ? `${MOMENT}; in an address its + is written %2B` : MOMENT;

/** RFC 3339 with a time and an offset; a date alone means another moment everywhere. */
export const IsMoment = (): PropertyDecorator => (target, key) => {
  IsISO8601({ strict: true, strictSeparator: true }, { message: wrongMoment })(target, key);
  Matches(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/, { message: wrongMoment })(target, key);
  ValidateBy({ name: 'isStorable', validator: { validate: isStorable, defaultMessage: (of) => wrongMoment(of!) } })(target, key);
};

const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/** An offset can carry the last hours of the year 9999 into one that databases have no name for. */
const isStorable = (value: unknown): boolean => typeof value === 'string' && Date.parse(value) >= 0 && Date.parse(value) <= LATEST;
