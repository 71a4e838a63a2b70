/** One message to one person, in plain text. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** How invitations and links reach people. A port: mail is what `messaging/` knows. */
export interface Mailer {
  /** `false` where no mail server is set: then nothing is sent, and links are passed on by hand. */
  readonly isConfigured: boolean;
  send(mail: Mail): Promise<void>;
}

export const MAILER = Symbol('keystile:mailer');

export const noMailer: Mailer = { isConfigured: false, send: () => Promise.resolve() };
