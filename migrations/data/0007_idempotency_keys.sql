CREATE TABLE `idempotency_key` (
	`tenant` integer NOT NULL,
	`key` text NOT NULL,
	`request` text NOT NULL,
	`status` integer,
	`content_type` text,
	`body` text,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`tenant`, `key`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `idempotency_key_by_expiry` ON `idempotency_key` (`expires_at`);