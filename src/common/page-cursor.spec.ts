import fc from 'fast-check';

import { PageCursors } from './page-cursor';

const cursors = new PageCursors([Buffer.alloc(32, 1), Buffer.alloc(32, 2)]);

describe('a cursor', () => {
  it('is read back by the list that wrote it', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer(), fc.string(), (audience, sortValue, id) => {
        expect(cursors.read(audience, cursors.write(audience, [sortValue, id]))).toEqual([sortValue, id]);
      }),
    );
  });

  it('A10.4 is refused by every other list, and when any character of it is changed', () => {
    const cursor = cursors.write('api-keys:org_a', [1, 'key_a']);
    expect(() => cursors.read('api-keys:org_b', cursor)).toThrow('Validation failed');
    for (let i = 0; i < cursor.length; i++) {
      const changed = cursor.slice(0, i) + (cursor[i] === 'A' ? 'B' : 'A') + cursor.slice(i + 1);
      expect(() => cursors.read('api-keys:org_a', changed)).toThrow('Validation failed');
    }
    for (const changed of ['', '.', 'x.y', `${cursor}.x`, `${cursor}=`])
      expect(() => cursors.read('api-keys:org_a', changed)).toThrow('Validation failed');
  });

  it('outlives the rotation of the secret that signed it', () => {
    const old = new PageCursors([Buffer.alloc(32, 2)]).write('a', [1, 'x']);
    expect(cursors.read('a', old)).toEqual([1, 'x']);
  });
});
