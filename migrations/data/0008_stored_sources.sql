CREATE TABLE `stored_source` (
	`tenant` integer NOT NULL,
	`kind` text NOT NULL,
	`namespace` text NOT NULL,
	`id` text NOT NULL,
	`title` text NOT NULL,
	`description` text,
	`source` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`tenant`, `kind`, `namespace`, `id`)
) WITHOUT ROWID;
