CREATE TABLE `scheduler` (
	`tenant` integer PRIMARY KEY NOT NULL
);
