import type { FastifyReply } from 'fastify';

import type { AcceptedMessageView } from './message.dto';

/** Says in `Location` where the message that was accepted can be watched. */
export function located(reply: FastifyReply, accepted: AcceptedMessageView): AcceptedMessageView {
  void reply.header('location', `/messages/${accepted.messageId}`);
  return accepted;
}
