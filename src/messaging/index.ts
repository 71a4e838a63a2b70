/**
 * The reference domain: SMS, WhatsApp and e-mail. A call puts a *message* into the *outbox* and is answered; the worker hands it
 * to the *provider* of its channel, with retries, and writes down what became of it. Without a provider, and for test keys, a
 * message stays in the outbox, where its organization can read it.
 *
 * ```ts
 * MessagingModule.forRoot({ email: { kind: 'smtp', url, from }, sms: { kind: 'outbox' }, whatsapp: { kind: 'outbox' }, testMessage })
 * ```
 */
export { messagingEntities, MessagingModule } from './messaging.module';
export { type EmailProvider, type MessagingOptions, type SmsProvider, type WhatsappProvider } from './messaging-options';
export { messagingMigrations } from './migrations';
export { OutboxWorker } from './outbox-worker';
export { messagingScopes } from './channel';
export { type PlainMail, SmtpMailer } from './smtp-mailer';
export { acceptUploads } from './upload';
