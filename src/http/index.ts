/**
 * The words of the wire that every controller shares: problems (`ProblemFilter`), JSON bodies with limits (`readJsonBodies`),
 * validation, pages (`PageQueryDto`), ETags (`tagged`, `@IfMatch()`), ids in paths (`IdPipe`), and the port by which a domain forbids
 * that a stored answer is told again (`IdempotentReplayCheck`).
 */
export { decodableUrl } from './decodable-url';
export { etagOf, type ExpectedVersion, IfMatch, requireVersion, sendEtagOf, sendEtags, tagged, takesIfMatch } from './etag';
export { HTTP_OPTIONS, type HttpOptions } from './http-options';
export { HttpModule } from './http.module';
export { IdPipe } from './id.pipe';
export { LARGEST_BODY_BYTES, readJsonBodies } from './json-body';
export { type JsonLine, jsonLinesOf, readJsonLines, TakesJsonLines } from './json-lines';
export { PageQueryDto, WholeNumber } from './page-query.dto';
export { type ProblemBody, problemBody, type ProblemWords } from './problem-words';
export { answerUnroutable, ProblemFilter, REALM, toProblem } from './problem.filter';
export { IDEMPOTENT_REPLAY_CHECK, type IdempotentReplayCheck, type RepeatedRequest } from './replay-check';
export { HasLength, HasNoControls, IsMoment, IsNotBlank, MayBeAbsent } from './text';
export { secureHeaders } from './secure-headers';
export { type AnswerKeeper, type EndParameters, ServedResponse, type WriteParameters } from './served-response';
export { StrictQuery } from './strict-query';
export { TakesNoFields } from './takes-no-fields';
export { checkedAs, validationPipe } from './validation';
