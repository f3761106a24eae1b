CREATE TABLE `execution` (
	`tenant` integer NOT NULL,
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`namespace` text NOT NULL,
	`flow_id` text NOT NULL,
	`flow_revision` integer NOT NULL,
	`state` text NOT NULL,
	`start_at` integer NOT NULL,
	`end_at` integer,
	`labels` text NOT NULL,
	`trigger_id` text,
	`trigger_type` text,
	`trigger_execution_id` text,
	`parent_id` text,
	`original_id` text NOT NULL,
	`schedule_at` integer,
	`kind` text,
	PRIMARY KEY(`tenant`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `execution_by_start` ON `execution` (`tenant`,`start_at`);--> statement-breakpoint
CREATE INDEX `execution_by_flow` ON `execution` (`tenant`,`namespace`,`flow_id`,`start_at`);--> statement-breakpoint
CREATE TABLE `flow_revision` (
	`key` integer PRIMARY KEY NOT NULL,
	`tenant` integer NOT NULL,
	`namespace` text NOT NULL,
	`flow_id` text NOT NULL,
	`revision` integer NOT NULL,
	`source` text NOT NULL,
	`deleted` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `flow_revision_of` ON `flow_revision` (`tenant`,`namespace`,`flow_id`,`revision`);--> statement-breakpoint
CREATE TABLE `flow` (
	`tenant` integer NOT NULL,
	`namespace` text NOT NULL,
	`id` text NOT NULL,
	`revision` integer NOT NULL,
	`disabled` integer NOT NULL,
	`deleted` integer NOT NULL,
	`description` text,
	`labels` text NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`tenant`, `namespace`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `flow_by_id` ON `flow` (`tenant`,`id`);--> statement-breakpoint
CREATE TABLE `key_value` (
	`tenant` integer NOT NULL,
	`namespace` text NOT NULL,
	`key` text NOT NULL,
	`type` text NOT NULL,
	`value` text NOT NULL,
	`description` text,
	`revision` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`expires_at` integer,
	PRIMARY KEY(`tenant`, `namespace`, `key`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `namespace` (
	`tenant` integer NOT NULL,
	`id` text NOT NULL,
	`document` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`tenant`, `id`)
) WITHOUT ROWID;
