DROP INDEX "devices_group";--> statement-breakpoint
ALTER TABLE "schedules" ADD COLUMN "groups" uuid[];--> statement-breakpoint
ALTER TABLE "topology_snapshots" ADD COLUMN "claims" json;--> statement-breakpoint
CREATE INDEX "devices_credential" ON "devices" USING btree ("credential_id","collection_group_id");--> statement-breakpoint
CREATE INDEX "devices_group" ON "devices" USING btree ("collection_group_id","name");