/** What is compared instead of the text: one Unicode form, lower case. At most twice as long. */
export const fold = (text: string): string => text.normalize('NFC').toLowerCase();
