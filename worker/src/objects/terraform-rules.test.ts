import { describe, expect, test } from 'vitest';
import { fail, ok } from '../result.ts';
import { judgeLock, judgeUnlock, judgeWrite } from './terraform-rules.ts';

const ADA = { id: 'ada', operation: 'OperationTypeApply', document: '{}' };
const NEWEST = { serial: 3, lineage: 'l', md5: 'm3' };
const NEXT = { serial: 4, lineage: 'l', md5: 'm4' };
const locked = fail({ kind: 'locked', holder: ADA });
const conflict = fail({ kind: 'conflict', message: expect.any(String) });
const written = ok({ isSame: false, isForced: false });

describe('a write', () => {
  test('is for who holds the lock', () => {
    expect(judgeWrite(ADA, NEWEST, { ...NEXT, lockId: 'ada' })).toEqual(written);
    expect(judgeWrite(ADA, NEWEST, { ...NEXT, lockId: 'eve' })).toEqual(locked);
    expect(judgeWrite(ADA, NEWEST, NEXT)).toEqual(locked);
  });

  test('needs no lock when nobody has one, and is refused when its lock is gone', () => {
    expect(judgeWrite(undefined, NEWEST, NEXT)).toEqual(written);
    expect(judgeWrite(undefined, NEWEST, { ...NEXT, lockId: 'ada' })).toEqual(conflict);
  });

  test('follows the state before it', () => {
    expect(judgeWrite(undefined, undefined, { ...NEXT, serial: 9 })).toEqual(written);
    expect(judgeWrite(undefined, NEWEST, { ...NEXT, serial: 3 })).toEqual(conflict);
    expect(judgeWrite(undefined, NEWEST, { ...NEXT, lineage: 'other' })).toEqual(conflict);
  });

  test('may be repeated, also after its lock was given back', () => {
    const again = { serial: 3, lineage: 'l', md5: 'm3' };
    expect(judgeWrite(undefined, NEWEST, { ...again, lockId: 'ada' })).toEqual(ok({ isSame: true, isForced: false }));
    expect(judgeWrite(ADA, NEWEST, again)).toEqual(locked);
  });

  test('of a push replaces whatever is there', () => {
    const pushing = { ...ADA, operation: 'state-push' };
    const other = { serial: 1, lineage: 'other', md5: 'x', lockId: 'ada' };
    expect(judgeWrite(pushing, NEWEST, other)).toEqual(ok({ isSame: false, isForced: true }));
  });
});

test('an older state can be taken up again, but not under the lock of somebody', () => {
  const older = { serial: 1, lineage: 'l', md5: 'm1', isRestored: true };
  expect(judgeWrite(undefined, NEWEST, older)).toEqual(ok({ isSame: false, isForced: true }));
  expect(judgeWrite(ADA, NEWEST, older)).toEqual(locked);
});

describe('a lock', () => {
  test('is held by one, who may ask again', () => {
    expect(judgeLock(undefined, ADA)).toEqual(ok(null));
    expect(judgeLock(ADA, ADA)).toEqual(ok(null));
    expect(judgeLock(ADA, { ...ADA, id: 'eve' })).toEqual(locked);
  });

  test('is given back by who holds it, or taken away without an id', () => {
    expect(judgeUnlock(ADA, 'ada')).toEqual(ok(null));
    expect(judgeUnlock(ADA, 'eve')).toEqual(locked);
    expect(judgeUnlock(ADA, undefined)).toEqual(ok(null));
    expect(judgeUnlock(undefined, 'ada')).toEqual(ok(null));
  });
});
