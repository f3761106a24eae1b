import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { errorOf, textOf } from '../testing.ts';

/** A Sunday. */
const DATE = '2013-09-08T16:09:02.123456789+01:00';
const formatted = (format: string, more = '') =>
  textOf(`{{ d | date(f, timeZone='Europe/Paris'${more}) }}`, { d: DATE, f: format });

describe('a date in a pattern', () => {
  test.each([
    ['yyyy-MM-dd HH:mm:ss', '2013-09-08 17:09:02'],
    ['y yy yyyyy uuuu', '2013 13 02013 2013'],
    ['M MM MMM MMMM MMMMM L LLLL', '9 09 Sep September S 9 September'],
    ['d dd D DDD', '8 08 251 251'],
    ['E EEE EEEE EEEEE e', 'Sun Sun Sunday S 1'],
    ['H HH h hh K k a', '17 17 5 05 5 17 PM'],
    ['m mm s ss', '9 09 2 02'],
    ['S SSS SSSSSS SSSSSSSSS', '1 123 123456 123456789'],
    ['n A N', '123456789 61742123 61742123456789'],
    ['X XX XXX x xx xxx Z ZZZZ ZZZZZ', '+02 +0200 +02:00 +02 +0200 +02:00 +0200 GMT+02:00 +02:00'],
    ['VV O OOOO', 'Europe/Paris GMT+2 GMT+02:00'],
    ['Q QQ QQQ QQQQ', '3 03 Q3 3rd quarter'],
    ['G w YYYY W F', 'AD 37 2013 2 2'],
    ["'T' ''  'it''s' [d]", "T '  it's 8"],
    ['iso', '2013-09-08T17:09:02.123456+02:00'],
    ['iso_sec', '2013-09-08T17:09:02+02:00'],
    ['sql', '2013-09-08 17:09:02.123456'],
    ['sql_seq', '2013-09-08 17:09:02'],
    ['iso_date_time', '2013-09-08T17:09:02.123456789+02:00[Europe/Paris]'],
    ['iso_zoned_date_time', '2013-09-08T17:09:02.123456789+02:00[Europe/Paris]'],
    ['iso_date', '2013-09-08+02:00'],
    ['iso_time', '17:09:02.123456789+02:00'],
    ['iso_offset_time', '17:09:02.123456789+02:00'],
    ['iso_local_date', '2013-09-08'],
    ['iso_local_time', '17:09:02.123456789'],
    ['iso_local_date_time', '2013-09-08T17:09:02.123456789'],
    ['iso_instant', '2013-09-08T15:09:02.123456789Z'],
    ['iso_ordinal_date', '2013-251+02:00'],
    ['iso_week_date', '2013-W36-7+02:00'],
    ['rfc_1123_date_time', 'Sun, 8 Sep 2013 17:09:02 +0200'],
  ])('%s is %s', (format, text) => {
    expect(formatted(format)).toBe(text);
  });

  test('has names in the language of its locale', () => {
    expect(formatted('EEEE d MMMM', ", locale='fr_FR'")).toBe('dimanche 8 septembre');
    expect(formatted('medium', ", locale='de'")).toContain('2013');
    expect(formatted('full')).toContain('Sunday, September 8, 2013');
  });

  test('in UTC the offset is Z', () => {
    expect(textOf("{{ '2024-01-01' | date('XXX X xxx VV O z') }}")).toBe('Z Z +00:00 Z GMT UTC');
    expect(textOf("{{ '2024-01-01T00:30:00Z' | date('h k K a zzzz') }}")).toBe('12 24 0 AM Coordinated Universal Time');
  });
});

describe('a date is read', () => {
  test.each([
    ['2013-09-08T17:19:12+02:00', '2013-09-08T15:19:12Z'],
    ['2013-09-08T17:19:12+0200', '2013-09-08T15:19:12Z'],
    ['2013-09-08T17:19:12+02', '2013-09-08T15:19:12Z'],
    ['2013-09-08T17:19:12Z', '2013-09-08T17:19:12Z'],
    ['2013-09-08T17:19+02:00[Europe/Paris]', '2013-09-08T15:19:00Z'],
    ['2013-09-08T17:19:12', '2013-09-08T17:19:12Z'],
    ['2013-09-08 17:19:12.5', '2013-09-08T17:19:12Z'],
    ['2013-09-08', '2013-09-08T00:00:00Z'],
  ])('from the ISO text %s', (text, iso) => {
    expect(textOf("{{ d | date('iso_sec') }}", { d: text })).toBe(iso);
  });

  test.each([
    ['July 24, 2001', 'MMMM dd, yyyy', '2001-07-24T00:00:00Z'],
    ['24/07/01 5:06 pm', 'dd/MM/yy h:mm a', '2001-07-24T17:06:00Z'],
    ['12:00 AM 2001-1-2', 'hh:mm a yyyy-M-d', '2001-01-02T00:00:00Z'],
    ['20010724170605123', 'yyyyMMddHHmmssSSS', '2001-07-24T17:06:05Z'],
    ['Tue, 08 Feb 2022 19:38:26 GMT', 'rfc_1123_date_time', '2022-02-08T19:38:26Z'],
    ['2001-07-24 17:06 +0530', 'yyyy-MM-dd HH:mm Z', '2001-07-24T11:36:00Z'],
    ['2001-07-24 17:06 Europe/Paris', 'yyyy-MM-dd HH:mm VV', '2001-07-24T15:06:00Z'],
    ['2001-205', 'yyyy-DDD', '2001-07-24T00:00:00Z'],
    ["it's 2001", "'it''s' yyyy", '2001-01-01T00:00:00Z'],
    ['2001-07-24 17:06:05', 'sql_seq', '2001-07-24T17:06:05Z'],
    ['2001-07-24T17:06:05+02:00', 'iso_date_time', '2001-07-24T15:06:05Z'],
  ])('%s by the pattern %s', (text, pattern, iso) => {
    expect(textOf("{{ d | date('iso_sec', existingFormat=f) }}", { d: text, f: pattern })).toBe(iso);
  });

  test('from seconds since 1970, and local to the zone asked for', () => {
    expect(
      textOf("{{ 1378653552 | date('iso_sec', 'Europe/Paris') }} {{ '2013-09-08' | date('iso_sec', 'Europe/Paris') }}"),
    ).toBe('2013-09-08T17:19:12+02:00 2013-09-08T00:00:00+02:00');
    expect(
      textOf("{{ 0 | date('iso_sec', 'UTC+2') }} {{ 0 | date('iso_sec', '-03:30') }} {{ 0 | date('iso_sec', 'Z') }}"),
    ).toBe('1970-01-01T02:00:00+02:00 1969-12-31T20:30:00-03:30 1970-01-01T00:00:00Z');
  });

  test.each([
    ["{{ '2024-02-30' | date }}"],
    ["{{ '2024-01-01T25:00:00Z' | date }}"],
    ["{{ '24/07/01' | date(existingFormat='yyyy-MM-dd') }}"],
    ["{{ '2024' | date(existingFormat='QQQQ') }}"],
    ['{{ 1.5 | date }}'],
    ['{{ 99999999999999 | date }}'],
    ['{{ [] | date }}'],
  ])('%s is refused', (template) => {
    expect(errorOf(template).code).toBe('expression_argument');
  });
});

describe('an amount is added by the calendar of the date', () => {
  test.each([
    ['2024-01-31T10:00:00Z', 1, 'MONTHS', '2024-02-29T10:00:00Z'],
    ['2024-02-29T10:00:00Z', -1, 'YEARS', '2023-02-28T10:00:00Z'],
    ['2024-02-29T10:00:00Z', 2, 'WEEKS', '2024-03-14T10:00:00Z'],
    ['2024-02-29T10:00:00Z', 90, 'MINUTES', '2024-02-29T11:30:00Z'],
    ['2024-02-29T10:00:00Z', 1, 'HALF_DAYS', '2024-02-29T22:00:00Z'],
    ['2024-02-29T10:00:00Z', 1500, 'MILLIS', '2024-02-29T10:00:01Z'],
    ['2024-02-29T10:00:00Z', 1, 'DECADES', '2034-02-28T10:00:00Z'],
  ])('%s and %d %s', (date, amount, unit, iso) => {
    expect(textOf("{{ d | dateAdd(a, u, format='iso_sec') }}", { d: date, a: amount, u: unit })).toBe(iso);
  });
});

test('what a pattern writes, it reads', () => {
  const patterns = [
    'yyyy-MM-dd HH:mm:ss.SSS XXX',
    "EEEE d MMMM yyyy 'at' h:mm:ss a z",
    'yyyyMMddHHmmss',
    'D/yyyy kk:mm:ss',
    'iso',
    'rfc_1123_date_time',
  ];
  const dates = fc.integer({ min: 0, max: 4_000_000_000 });
  fc.assert(
    fc.property(dates, fc.constantFrom(...patterns), (seconds, pattern) => {
      const text = textOf('{{ s | date(f) | timestamp(existingFormat=f) }}', { s: seconds, f: pattern });
      expect(text).toBe(String(seconds));
    }),
  );
});
