CREATE TABLE `terraform_state` (
	`tenant` integer NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`tenant`, `name`)
) WITHOUT ROWID;
