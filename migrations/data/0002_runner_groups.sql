CREATE TABLE `runner_group` (
	`tenant` integer NOT NULL,
	`id` text NOT NULL,
	`description` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`tenant`, `id`)
) WITHOUT ROWID;
