CREATE TABLE "unpublished_versions" (
	"backup_id" bigint PRIMARY KEY NOT NULL
);
--> statement-breakpoint
INSERT INTO "unpublished_versions" SELECT "id" FROM "backups" WHERE "changed" AND "published_at" IS NULL;--> statement-breakpoint
DROP INDEX "backups_unpublished";--> statement-breakpoint
ALTER TABLE "backups" DROP COLUMN "published_at";