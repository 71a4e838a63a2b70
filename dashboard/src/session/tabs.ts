/** What one tab tells the others: they share one session, and it ends in all of them. */
export type TabMessage = 'signed-in' | 'signed-out' | 'switched';

const tabs = new BroadcastChannel('keystile-session');

export function tellOtherTabs(message: TabMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- channels are same-origin and take none
  tabs.postMessage(message);
}

/** @returns a function that ends it */
export function hearOtherTabs(listener: (message: TabMessage) => void): () => void {
  const hear = ({ data }: MessageEvent<TabMessage>): void => listener(data);
  tabs.addEventListener('message', hear);
  return () => tabs.removeEventListener('message', hear);
}
