CREATE TABLE `secret` (
	`tenant` integer NOT NULL,
	`namespace` text NOT NULL,
	`key` text NOT NULL,
	`version` integer NOT NULL,
	`sealed` text NOT NULL,
	`description` text,
	`tags` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`tenant`, `namespace`, `key`)
) WITHOUT ROWID;
