/**
 * A map of bounded size that forgets what was not asked for in a long while. It has two halves: once the young one is full, it becomes
 * the old one, and what is asked for there comes back to the young one. What is in use is found by one look-up and costs no write.
 */
export class RecentlyUsed<Key, Value> {
  private young = new Map<Key, Value>();
  private old = new Map<Key, Value>();
  private readonly half: number;

  constructor(most: number) {
    this.half = Math.max(1, Math.floor(most / 2));
  }

  get(key: Key): Value | undefined {
    const value = this.young.get(key);
    return value === undefined ? this.rejuvenated(key) : value;
  }

  set(key: Key, value: Value): void {
    if (this.young.size >= this.half && !this.young.has(key)) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, value);
  }

  delete(key: Key): void {
    this.young.delete(key);
    this.old.delete(key);
  }

  clear(): void {
    this.young.clear();
    this.old.clear();
  }

  private rejuvenated(key: Key): Value | undefined {
    const value = this.old.get(key);
    if (value === undefined) return undefined;
    this.old.delete(key);
    this.set(key, value);
    return value;
  }
}
