/** Who is signed in, what they may do, and the word to other tabs. */
export { SESSION_QUERY, type Session, SessionProvider, useLoadedSession, useRenewSession, useSession } from './session';
export { hearOtherTabs, type TabMessage, tellOtherTabs } from './tabs';
