import { expect, test } from 'vitest';
import { problemOf } from './problem.ts';

test('a problem document keeps each fault with its place', () => {
  const body = JSON.stringify({
    title: 'Invalid Flow',
    status: 422,
    code: 'invalid_flow',
    detail: 'tasks: must not be empty',
    errors: [{ detail: 'must not be empty', pointer: 'tasks', line: 3, column: 1 }],
  });
  expect(problemOf(422, body).problem).toEqual({
    status: 422,
    title: 'Invalid Flow',
    code: 'invalid_flow',
    detail: 'tasks: must not be empty',
    errors: [{ detail: 'must not be empty', pointer: 'tasks', line: 3, column: 1 }],
  });
});

test("an answer that is not ours, such as a proxy's page, still says what happened", () => {
  expect(problemOf(502, '<html>Bad gateway</html>').message).toBe('The server answered 502.');
  expect(problemOf(500, '[]').message).toBe('The server answered 500.');
});
