/** Every bound of the product: a name that ends in its unit, and why it is what it is. */

// Expressions: what one rendering may cost. Each has an error code of its own, so that a user knows which one was met.

/** Loop rounds, calls and items walked. A full budget is some tens of milliseconds of CPU, far more than any honest template needs. */
export const EXPRESSION_STEPS_MAX = 1_000_000;
/** Levels of nesting in a source: parentheses, operands to the left of operands, tags. Keeps parser and evaluator off the end of the stack. */
export const EXPRESSION_NESTING_MAX = 250;
/** Levels that are being evaluated at once, through macros and nested renderings. */
export const EXPRESSION_DEPTH_MAX = 1_000;
/** Levels of lists and maps in a value that is printed, compared or rendered. */
export const EXPRESSION_VALUE_DEPTH_MAX = 500;
/** UTF-16 characters of text that one rendering may build, intermediate texts included: a file of some megabytes passes, a doubling text does not. */
export const EXPRESSION_OUTPUT_CHARS_MAX = 16 * 1024 * 1024;
/** Characters of a template that holds tags; longer texts are data and belong into a file. */
export const EXPRESSION_SOURCE_CHARS_MAX = 1024 * 1024;
/** Milliseconds of computing, waiting for services not counted: an object serves many executions and must not stall for one. */
export const EXPRESSION_TIME_MS_MAX = 1_000;
/** Times a text is rendered again until it stays as it is. */
export const EXPRESSION_PASSES_MAX = 100;
/** Answers of services that one rendering may wait for; each is followed by a replay from the start. */
export const EXPRESSION_WAITS_MAX = 100;
/** Characters a regular expression may search: matching is linear, but slow per character. */
export const EXPRESSION_REGEX_INPUT_CHARS_MAX = 1024 * 1024;
/** Characters of a regular expression, and the steps that a character of input costs for each of them. */
export const EXPRESSION_REGEX_PATTERN_CHARS_MAX = 1_000;
/** Bits of a whole number: 64 is the language's integer, more comes only from BIGINTEGER values. */
export const EXPRESSION_INTEGER_BITS_MAX = 4_096;
/** Items of a list that an expression makes. */
export const EXPRESSION_ITEMS_MAX = 1_000_000;
/** Templates kept parsed, and the characters of source they may have together. */
export const EXPRESSION_TEMPLATES_CACHED_MAX = 2_000;
export const EXPRESSION_TEMPLATE_CHARS_CACHED_MAX = 4 * 1024 * 1024;
// Flow sources
/** A flow with 2,000 tasks takes about 270,000 characters; one of a million is generated, and generators can split. */
export const FLOW_SOURCE_CHARACTERS_MAX = 1_000_000;
/** Parsing recurses once a level; flows written by people stay below twenty. */
export const YAML_DEPTH_MAX = 100;
/** Aliases and merge keys save typing; more expansions than this multiply a small source into a huge flow. */
export const YAML_ALIAS_EXPANSIONS_MAX = 100;
/** Values in one source, those of expanded aliases included. */
export const YAML_VALUES_MAX = 200_000;
/** Sources in one multi-document body. */
export const YAML_DOCUMENTS_MAX = 1_000;
/** Every list of a flow together: its compiled form is read at each start. */
export const TASKS_PER_FLOW_MAX = 5_000;
/** A person mends the first ones; the rest mostly follows from them. */
export const DIAGNOSTICS_MAX = 200;

// Runners: times are for a lease of `RUNNER_LEASE_MS`; a shorter one (variable RONDO_LEASE_MS) shortens them all alike.

/** How long a claimed job belongs to its runner without a word from it. Long enough for a deploy that drops every connection. */
export const RUNNER_LEASE_MS = 60_000;
/** A runner renews four times in a lease, so that three lost requests in a row cost nothing. */
export const RUNNER_RENEW_MS = 15_000;
/** A runner that could not renew for this long kills its own job: before the server gives the job up, so that no two attempts live. */
export const RUNNER_SELF_KILL_MS = 45_000;
/** After this silence a claimed job is lost and a runner offline. Twice the self-kill: clocks may run at different rates. */
export const RUNNER_LOST_MS = 90_000;
/** An offer that nobody claimed for this long is offered again. */
export const RUNNER_OFFER_MS = 10_000;
/** A cancelled job that its runner has not ended by then is taken from it: one renewal, then twice the time from TERM to KILL, and some air. */
export const RUNNER_CANCEL_FORCED_MS = 40_000;
/** How long a request for work may be held open. */
export const RUNNER_POLL_MS_MAX = 20_000;
/** A connection token: short, because it is a bearer token; renewing it costs one signature. */
export const RUNNER_SESSION_MS = 15 * 60_000;
/** The time to sign a challenge. */
export const RUNNER_CHALLENGE_MS = 60_000;
/** An enrolment token unless it says otherwise, and at most (groups that scale by themselves). */
export const RUNNER_ENROLMENT_MS = 60 * 60_000;
export const RUNNER_ENROLMENT_MS_MAX = 30 * 24 * 60 * 60_000;
export const RUNNER_ENROLMENT_USES_MAX = 10_000;
/** How long an ended job is remembered: a runner that was away that long may still send its result and learn what became of it. */
export const RUNNER_HISTORY_MS = 24 * 60 * 60_000;
export const RUNNERS_PER_GROUP_MAX = 1_000;
export const RUNNER_GROUPS_PER_TENANT_MAX = 100;
export const RUNNER_SLOTS_MAX = 256;
/** RFC 1123 labels, as in the flow language. */
export const RUNNER_TAGS_MAX = 20;
export const RUNNER_TAG_CHARS_MAX = 64;
/** Jobs that wait in one group. */
export const RUNNER_QUEUE_MAX = 100_000;
/** Bytes of one batch of log entries as a runner cuts it, and as the server accepts it (one long line may stick out). */
export const RUNNER_LOG_BATCH_BYTES = 64 * 1024;
export const RUNNER_LOG_BATCH_BYTES_MAX = 1024 * 1024;
/** How long a runner collects log entries before it sends them. */
export const RUNNER_LOG_DELAY_MS = 250;
/** Bytes of log that one attempt may send; more is counted, not kept. */
export const RUNNER_LOG_BYTES_MAX = 10 * 1024 * 1024;
/** Bytes of one line of a job's output, and of one that speaks to Rondo (`::{…}::`). */
export const RUNNER_LINE_BYTES_MAX = 64 * 1024;
export const RUNNER_COMMAND_LINE_BYTES_MAX = 1024 * 1024;
/** Characters of one log entry; a longer message becomes several. */
export const LOG_MESSAGE_CHARS_MAX = 10_240;
/** Bytes of a job's result: outputs and metrics. Larger values belong into files. */
export const RUNNER_RESULT_BYTES_MAX = 2 * 1024 * 1024;
/** Files that one job may give back. */
export const RUNNER_OUTPUT_FILES_MAX = 10_000;
