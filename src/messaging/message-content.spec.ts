import { Problem } from '../common';
import { emailDraft, smsDraft, whatsappDraft } from './message-content';

const TO = '+4915112345678';
const IMAGE = 'img_00000000000000000000000000';
const template = { name: 'order_ready', language: 'en' };

it('keeps of a message what its channel has, and says of the rest that it is not there', () => {
  expect(smsDraft({ to: TO, text: 'hi' })).toEqual({
    channel: 'sms',
    to: [TO],
    content: { text: 'hi', html: null, subject: null, cc: [], replyTo: null, template: null, headerImageId: null },
  });
  expect(whatsappDraft({ to: TO, template, headerImageId: IMAGE }).content).toMatchObject({
    text: null,
    template: { ...template, parameters: [] },
    headerImageId: IMAGE,
  });
  expect(emailDraft({ to: ['a@b.cc'], subject: 's', html: '<p>' }).content).toMatchObject({
    text: null,
    html: '<p>',
    cc: [],
    replyTo: null,
  });
});

it.each([
  ['neither text nor template', () => whatsappDraft({ to: TO }), '/text'],
  ['both', () => whatsappDraft({ to: TO, text: 'x', template }), '/text'],
  ['a long text under a picture', () => whatsappDraft({ to: TO, text: 'x'.repeat(1025), headerImageId: IMAGE }), '/text'],
  ['a mail without a body', () => emailDraft({ to: ['a@b.cc'], subject: 's' }), '/text'],
  [
    'more than a hundred recipients',
    () => emailDraft({ to: Array(60).fill('a@b.cc'), cc: Array(41).fill('a@b.cc'), subject: 's', text: 'x' }),
    '/cc',
  ],
])('refuses %s', (_what, draft, pointer) => {
  let thrown: unknown;
  try {
    draft();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(Problem);
  expect((thrown as Problem).extras.errors).toEqual([expect.objectContaining({ pointer })]);
});
