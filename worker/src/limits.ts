/** Every bound of the product: a name that ends in its unit, and why it is what it is. */

// Expressions: what one rendering may cost. Each has an error code of its own, so that a user knows which one was met.

/** A fifth of a microsecond of CPU each: loop rounds, calls, what is read and made. A full budget is at most some 200 milliseconds, far more than any honest template needs. */
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
export const EXPRESSION_SOURCE_CHARS_MAX = 4 * 1024 * 1024;
/** Tokens of a template: each may become some hundred bytes of tree. */
export const EXPRESSION_TOKENS_MAX = 100_000;
/** Milliseconds of computing, waiting for services not counted: an object serves many executions and must not stall for one. */
export const EXPRESSION_TIME_MS_MAX = 1_000;
/** Times a text is rendered again until it stays as it is. */
export const EXPRESSION_PASSES_MAX = 100;
/** Answers of services that one rendering may wait for; each is followed by a replay from the start. */
export const EXPRESSION_WAITS_MAX = 100;
/** Characters a regular expression may search: matching is linear, but slow per character. */
export const EXPRESSION_REGEX_INPUT_CHARS_MAX = 1024 * 1024;
/** Characters of a regular expression: its compiled size, and with it the work per character of input, grow with them. */
export const EXPRESSION_REGEX_PATTERN_CHARS_MAX = 1_000;
/** Bits of a whole number: 64 is the language's integer, more comes only from BIGINTEGER values. */
export const EXPRESSION_INTEGER_BITS_MAX = 4_096;
/** Items of a list that an expression makes. */
export const EXPRESSION_ITEMS_MAX = 1_000_000;
/** Templates kept parsed, so that a flow's texts are parsed once and not at each task run. */
export const EXPRESSION_TEMPLATES_CACHED_MAX = 2_000;
/** Characters of source of the templates kept parsed: a tree takes some fifty times as many bytes. */
export const EXPRESSION_TEMPLATE_CHARS_CACHED_MAX = 512 * 1024;
/** Bytes of a jq program, of what it may print, and of the memory it may have: a Worker has 128 MB for all. */
export const JQ_PROGRAM_BYTES_MAX = 16 * 1024;
export const JQ_OUTPUT_BYTES_MAX = 8 * 1024 * 1024;
export const JQ_MEMORY_BYTES_MAX = 64 * 1024 * 1024;
// Flow sources
/** A flow with 2,000 tasks takes about 270,000 characters; one of a million is generated, and generators can split. */
export const FLOW_SOURCE_CHARACTERS_MAX = 1_000_000;
/** Parsing recurses once a level; flows written by people stay below twenty. */
export const YAML_DEPTH_MAX = 100;
/** Aliases and merge keys save typing; more expansions than this multiply a small source into a huge flow. */
export const YAML_ALIAS_EXPANSIONS_MAX = 100;
/** Values in one source, those of expanded aliases included: a second of CPU. */
export const YAML_VALUES_MAX = 100_000;
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

// Requests.

/** Bytes of a request without files: a flow and its friends. Kept well under the memory of a Worker (128 MiB). */
export const BODY_BYTES_MAX = 4 * 1024 * 1024;
/** Bytes of a request with files (multipart or raw bytes); the platform's own cap on its smallest plan is 100 MB. */
export const FILE_BODY_BYTES_MAX = 100_000_000;
/** Bytes of the headers of one part of a form. */
export const FORM_HEADER_BYTES_MAX = 16 * 1024;
/** Results on a page of a list; clients of Kestra ask for 1000. */
export const PAGE_SIZE_MAX = 1_000;
/** A list counts its results exactly up to here, then says that there are more. */
export const TOTAL_COUNTED_MAX = 10_000;
/** Levels of `[and]` and `[or]` in a search, and conditions in all: each becomes SQL, and D1 binds at most 100 values. */
export const FILTER_DEPTH_MAX = 4;
export const FILTER_CONDITIONS_MAX = 40;
/** Values in all conditions of a search together. */
export const FILTER_VALUES_MAX = 60;
/** Items in one call that names them (`by-ids`). */
export const BULK_ITEMS_MAX = 1_000;

// Flows.

/** UTF-8 bytes of one flow's YAML, beside the bound on its characters: D1 stores at most 2 MB in a row. */
export const FLOW_SOURCE_BYTES_MAX = 1_500_000;
/** Flows in one call that deploys many (bulk, namespace, import): each is compiled in that call. */
export const FLOWS_PER_DEPLOY_MAX = 500;
/** Bytes of an imported archive's files once unpacked: they are all in memory at once. */
export const ARCHIVE_BYTES_MAX = 16 * 1024 * 1024;
/** Compiled flows kept in a Worker's memory, and the characters of source they may have together. */
export const FLOWS_CACHED_MAX = 500;
export const FLOW_CHARS_CACHED_MAX = 4 * 1024 * 1024;
/** Milliseconds after which a running flow sees new variables and plugin defaults of its namespace. */
export const NAMESPACE_SETTINGS_CACHE_MS = 30_000;

/** Calls in one minute, by the name that the answer's `RateLimit` headers and the error give. A Worker counts what comes to it: with
 *  several at the edge a caller may reach more, never less. Generous: they stop loops and guessing, not work. */
export const CALLS_PER_MINUTE_MAX = {
  /** Of one credential. */
  api: 60_000,
  /** Tries to sign in from one address: a person mistypes a few times, an office shares one. */
  'sign-in': 60,
  /** New accounts from one address. */
  'sign-up': 30,
} as const;
/** Callers that a Worker counts at a time. */
export const CALLERS_COUNTED_MAX = 20_000;
/** Characters of an Idempotency-Key, and of the answer that is kept under it. */
export const IDEMPOTENCY_KEY_CHARS_MAX = 255;
export const IDEMPOTENCY_ANSWER_CHARS_MAX = 500_000;
/** Milliseconds that a key is remembered: what is promised is a week. While its first request is under way, only a minute, so that
 *  one which was cut off does not stand in the way. */
export const IDEMPOTENCY_KEY_LIFE_MS = 8 * 86_400_000;
export const IDEMPOTENCY_PENDING_MS = 60_000;
/** Records of a tenant's audit log; the oldest go. */
export const AUDIT_RECORDS_MAX = 1_000_000;
export const AUDIT_EXPORT_RECORDS_MAX = 50_000;
/** Records in one call to the log, and those of a tenant that wait for it in a Worker's memory. */
export const AUDIT_BATCH_MAX = 100;
export const AUDIT_WAITING_MAX = 10_000;
/** Milliseconds in which the records of a busy tenant are gathered for one call. */
export const AUDIT_GATHER_MS = 100;
/** Milliseconds after which a request that was sending records is taken to be cut off. */
export const AUDIT_SENDER_MS = 5_000;
/** Bytes of a Terraform state: it is in memory with its seal, 40 MB of a Worker's 128. */
export const TERRAFORM_STATE_BYTES_MAX = 20 * 1024 * 1024;
/** Versions that are kept of a Terraform state. */
export const TERRAFORM_VERSIONS_MAX = 200;
export const TERRAFORM_STATE_NAME_CHARS_MAX = 200;
/** Bytes of the document of a Terraform lock. */
export const TERRAFORM_LOCK_BYTES_MAX = 64 * 1024;
/** States on a page of their list: each is asked for by itself. */
export const TERRAFORM_STATES_PER_PAGE_MAX = 100;
/** Flows in a graph of dependencies: more cannot be drawn, and each is a search among sources. */
export const DEPENDENT_FLOWS_MAX = 200;
/** Called flows drawn inside the graph of one. */
export const SUBFLOWS_EXPANDED_MAX = 20;

/** Milliseconds that a Worker trusts what it has read about which revision of a flow is current: after them a change made through
 *  another Worker is seen everywhere. Through the same one it is seen at once. */
export const FLOW_CURRENT_CACHE_MS = 2_000;

// Identity.

/** Milliseconds that a Worker trusts a credential or a membership it has read: after them a revocation is seen everywhere. */
export const CREDENTIAL_CACHE_MS = 10_000;
/** Credentials and memberships kept in a Worker's memory. */
export const CREDENTIALS_CACHED_MAX = 5_000;
/** Milliseconds between two writes of a token's `lastUsed`: a write for each call would be the bill. */
export const TOKEN_LAST_USED_MS_MIN = 60_000;
/** Milliseconds a personal token lives unless its owner says otherwise (90 days), and at most (366 days). */
export const TOKEN_LIFE_MS_DEFAULT = 90 * 86_400_000;
export const TOKEN_LIFE_MS_MAX = 366 * 86_400_000;
/** Tokens of one person: more are forgotten, not used. */
export const TOKENS_PER_PERSON_MAX = 100;
/** Tenants that one person may be a member of; test suites make one for each case. */
export const TENANTS_PER_PERSON_MAX = 1_000;
/** Characters of a password. The lower bound follows NIST SP 800-63B's advice for passwords that stand alone; the upper keeps hashing cheap. */
export const PASSWORD_CHARS_MIN = 10;
export const PASSWORD_CHARS_MAX = 128;
/** Objects that share a tenant's executions, unless an operator gives it more. */
export const EXECUTION_SHARDS_DEFAULT = 8;

// Calls that flows make from the edge.

/** Executions that call each other in a row: two flows that call each other must end. */
export const EGRESS_DEPTH_MAX = 10;
export const EGRESS_REDIRECTS_MAX = 5;
/** One call with its body: what takes longer belongs on a runner. */
export const EGRESS_TIME_MS_MAX = 5 * 60_000;
/** Decompressed bytes of one response; they are streamed, so this bounds cost and not memory. */
export const EGRESS_RESPONSE_BYTES_MAX = 1024 * 1024 * 1024;

// Executions.

/** Characters of one row of an object: the platform allows 2 MB, and a character may take three bytes. */
export const ROW_CHARS_MAX = 500_000;
/** Milliseconds after which an object looks again at work that was outside when it fell asleep or crashed. */
export const OUTBOX_WATCH_MS = 30_000;
/** Milliseconds after which an alarm that has not rung is taken for lost; the platform promises one minute. */
export const ALARM_LATE_MS_MAX = 2 * 60_000;
/** Milliseconds that facts wait for others, so that a burst of executions is one message. */
export const FACTS_DELAY_MS = 50;
/** Milliseconds between two messages of one object that is busy: each is a call to the queue and one to the tenant's scheduler. */
export const FACTS_INTERVAL_MS = 250;
/** Facts in one message: a message holds at most 128 KB, a fact is below 1 KB unless its labels are long. */
export const FACTS_PER_MESSAGE_MAX = 100;
/** UTF-8 bytes of the facts in one message; the queue's own bound is 128 KB. */
export const FACTS_MESSAGE_BYTES_MAX = 100_000;
/** UTF-8 bytes of the labels of one execution in the index; lists and searches know no more of them. */
export const FACT_LABELS_BYTES_MAX = 64 * 1024;
/** Edge tasks that one object has under way; the others wait their turn. */
export const EDGE_TASKS_PER_OBJECT_MAX = 200;
/** Ended executions that an object keeps in memory, for the reader who comes right after. */
export const EXECUTIONS_CACHED_MAX = 200;
/** Executions whose timers one alarm serves before it lets others in. */
export const TIMERS_PER_ALARM_MAX = 500;
/** Bytes of one execution's log as a whole page; readers of more take the download. */
export const LOG_ENTRIES_PER_READ_MAX = 10_000;
/** Milliseconds that `wait=true` is held before it answers with the execution as it is. */
export const WAIT_MS_MAX = 10 * 60_000;
/** Milliseconds between two signs of life on an event stream: proxies close idle ones after a minute. */
export const STREAM_PING_MS = 20_000;

// Storage.

/** Bytes of a part of an upload whose length is not known; R2 wants at least 5 MiB, and a Worker holds one in memory. */
export const UPLOAD_PART_BYTES = 8 * 1024 * 1024;
/** Bytes of a stored file that an expression may read as text. */
export const FILE_READ_BYTES_MAX = 4 * 1024 * 1024;
/** Rows and bytes of a file preview. */
export const PREVIEW_ROWS_MAX = 1_000;
export const PREVIEW_BYTES_MAX = 1024 * 1024;

/** UTF-8 bytes of a namespace file's path: a key of R2 has at most 1,024, the namespace and the tenant included. */
export const NAMESPACE_FILE_PATH_BYTES_MAX = 512;
/** Files of an archive put into a namespace, and their bytes once unpacked. They are streamed; this bounds cost. */
export const NAMESPACE_ARCHIVE_FILES_MAX = 5_000;
export const NAMESPACE_ARCHIVE_BYTES_MAX = 500_000_000;
/** Paths that a search among namespace files answers with. */
export const NAMESPACE_FILES_FOUND_MAX = 1_000;

// Key-value store and secrets.

export const KV_KEY_CHARS_MAX = 250;
/** UTF-8 bytes of a value: larger ones belong into files. */
export const KV_VALUE_BYTES_MAX = 1024 * 1024;
export const SECRET_KEY_CHARS_MAX = 250;
export const SECRET_VALUE_BYTES_MAX = 64 * 1024;
/** Values that are sealed anew in one minute after the master secret was changed; each is two calls and some CPU. */
export const SECRETS_RESEALED_MAX = 200;

// Engine.

/** Task runs of one execution: their ids have four base-62 digits, and a person cannot read more. */
export const TASK_RUNS_PER_EXECUTION_MAX = 50_000;
/** Folds of one turn: enough for a thousand trivial tasks, short enough that the object's other executions do not wait for long. */
export const ENGINE_TURN_FOLDS_MAX = 4_000;
/** Milliseconds that log lines of an edge task wait for its answer before they are sent ahead. */
export const EDGE_LOG_DELAY_MS = 1_000;

// Tasks at the edge
/** A response body, or a file of a form, is held in memory; larger ones go through files. */
export const HTTP_BODY_BYTES_MAX = 10 * 1024 * 1024;
/** Milliseconds in which settled effects are collected before their rows are rewritten. */
export const OUTBOX_TIDY_MS = 50;
/** Tries of an effect before it is left to the next look at the outbox, and the milliseconds before the first repetition. */
export const EFFECT_TRIES_MAX = 5;
export const EFFECT_RETRY_MS = 100;

// Triggers.

/** How far a search for a date looks ahead and back: 29 February comes within eight years, even around 2100. */
export const SCHEDULE_SEARCH_YEARS_MAX = 10;
/** Dates one search tries before it sleeps: ten years of a daily trigger, some tenths of a second of CPU. */
export const SCHEDULE_SEARCH_DATES_MAX = 4_000;
/** A date that is older than this was missed; alarms are late by two seconds at most. */
export const SCHEDULE_LATENESS_MS_MAX = 10_000;
/** Milliseconds between two looks whether the owners of a flow's slots still run. */
export const SLOT_CHECK_MS = 10 * 60_000;
/** Milliseconds before an execution that could not be told of its slot is told again. */
export const SLOT_GRANT_RETRY_MS = 1_000;
/** UTF-16 characters of one line of a file that a task reads line by line: one line is in memory at a time. */
export const FILE_LINE_CHARS_MAX = 1024 * 1024;
/** Bytes of a file whose lines are turned round: it is in memory whole. */
export const FILE_REVERSE_BYTES_MAX = 16 * 1024 * 1024;
/** Different keys that storage.DeduplicateItems remembers. */
export const DEDUPLICATE_KEYS_MAX = 500_000;
/** Files that storage.Split makes of one: their URIs are an output. */
export const SPLIT_FILES_MAX = 10_000;
/** Milliseconds after which an execution that has not ended is looked at by the sweeper, and how many it looks at in one go. */
export const SWEEP_SILENCE_MS = 2 * 60_000;
export const SWEEP_OBJECTS_MAX = 200;
/** The executions that a Flow trigger remembers as taken into account: facts are repeated within seconds, if at all. */
export const FLOW_TRIGGER_TAKEN_MAX = 50;
/** Triggers that one alarm serves before it lets others in. */
export const TRIGGERS_PER_ALARM_MAX = 200;
/** Executions that one trigger starts in a row: those of a trigger that may overlap with itself. */
export const TRIGGER_STARTS_PER_TURN_MAX = 100;
/** Milliseconds after which a start, or a flow that was being saved, is looked at again when a crash came between. */
export const SCHEDULER_RETRY_MS = 5_000;
/** Milliseconds between two looks of a polling trigger, unless it says otherwise, and at least. */
export const POLL_INTERVAL_MS_DEFAULT = 60_000;
export const POLL_INTERVAL_MS_MIN = 1_000;
/** Keys or files that one polling trigger watches: their names and versions are kept with its state. */
export const WATCHED_MAX = 1_000;
/** Files that one execution is given by a storage trigger: they are copied while the trigger's turn lasts. */
export const STORAGE_TRIGGER_FILES_MAX = 100;
/** Lines that are kept of what a trigger has complained about; older ones go. */
export const TRIGGER_LOG_LINES_MAX = 100;
/** Schedulers that the sweeper pokes in one minute; a Worker may make 1,000 calls in one run. */
export const SCHEDULERS_POKED_MAX = 500;
/** A lock that is older is looked into by the sweeper: its execution may be gone. */
export const TRIGGER_LOCK_CHECKED_MS = 5 * 60_000;
/** Bytes of one call of a webhook, its files included: a signature is over all of it, so that it is in memory whole. */
export const WEBHOOK_BODY_BYTES_MAX = 25 * 1024 * 1024;
/** How far the clock of a signed call may be from ours, either way: one that was overheard cannot be sent again later. */
export const WEBHOOK_REPLAY_MS_MAX = 5 * 60_000;
