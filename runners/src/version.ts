/** Of this program; the build writes the released one over it. */
export const VERSION = process.env['RONDO_RUNNER_VERSION'] ?? '0.1.0';
