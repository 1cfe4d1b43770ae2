CREATE TABLE "backups" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "backups_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"task_id" uuid NOT NULL,
	"task_identifier" text NOT NULL,
	"device_id" uuid NOT NULL,
	"job_id" uuid NOT NULL,
	"actor" text NOT NULL,
	"changed_by" text,
	"platform" text NOT NULL,
	"status" text NOT NULL,
	"timestamp" timestamp (3) with time zone NOT NULL,
	"log" jsonb NOT NULL,
	"artifact" text,
	"sha256" text,
	"content_sha256" text,
	"bytes" integer,
	"volatile_lines" integer[] DEFAULT '{}' NOT NULL,
	"changed" boolean DEFAULT false NOT NULL,
	"suspicious" boolean DEFAULT false NOT NULL,
	"lines_added" integer DEFAULT 0 NOT NULL,
	"lines_removed" integer DEFAULT 0 NOT NULL,
	"published_at" timestamp (3) with time zone,
	CONSTRAINT "backups_task_id_unique" UNIQUE("task_id")
);
--> statement-breakpoint
CREATE TABLE "device_health" (
	"device_id" uuid PRIMARY KEY NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"last_outcome" text,
	"last_error" text,
	"last_success_at" timestamp (3) with time zone,
	"last_failure_at" timestamp (3) with time zone,
	"open_until" timestamp (3) with time zone,
	"open_seconds" integer,
	"quiet_until" timestamp (3) with time zone,
	"change_at" timestamp (3) with time zone,
	"change_by" text
);
--> statement-breakpoint
CREATE TABLE "presets" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"type" text NOT NULL,
	"params" jsonb NOT NULL,
	"priority" integer NOT NULL,
	"owner" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "presets_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "schedules" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"type" text NOT NULL,
	"params" jsonb NOT NULL,
	"priority" integer NOT NULL,
	"owner" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "schedules_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "dead_letters" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "dead_letters_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"fingerprint" text NOT NULL,
	"job_id" uuid NOT NULL,
	"job_type" text NOT NULL,
	"device_id" uuid NOT NULL,
	"device_name" text NOT NULL,
	"outcome" text NOT NULL,
	"error" text NOT NULL,
	"normalised" text NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"replay_job_id" uuid,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"settled_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "holds" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"group_id" uuid,
	"reason" text NOT NULL,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"owner" text NOT NULL,
	"key" text NOT NULL,
	"request_hash" text NOT NULL,
	"status" integer,
	"response" jsonb,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_keys_owner_key_pk" PRIMARY KEY("owner","key")
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"webhook_id" uuid NOT NULL,
	"event" text NOT NULL,
	"payload" jsonb NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"response_status" integer,
	"error" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"delivered_at" timestamp (3) with time zone,
	"redelivery_of" uuid,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "webhook_deliveries_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1)
);
--> statement-breakpoint
CREATE TABLE "webhooks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"url" text NOT NULL,
	"events" text[] NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"failure_threshold" integer DEFAULT 3 NOT NULL,
	"sealed" "bytea" NOT NULL,
	"key_id" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "webhooks_name_unique" UNIQUE("name")
);
--> statement-breakpoint
ALTER TABLE "devices" ADD COLUMN "source" text;--> statement-breakpoint
ALTER TABLE "devices" ADD COLUMN "source_key" text;--> statement-breakpoint
ALTER TABLE "devices" ADD COLUMN "vanished_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "origin" text;--> statement-breakpoint
ALTER TABLE "backups" ADD CONSTRAINT "backups_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "device_health" ADD CONSTRAINT "device_health_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_webhook_id_webhooks_id_fk" FOREIGN KEY ("webhook_id") REFERENCES "public"."webhooks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "backups_job_device" ON "backups" USING btree ("job_id","device_id");--> statement-breakpoint
CREATE UNIQUE INDEX "backups_identifier" ON "backups" USING btree ("device_id","task_identifier");--> statement-breakpoint
CREATE INDEX "backups_history" ON "backups" USING btree ("device_id","id");--> statement-breakpoint
CREATE INDEX "backups_versions" ON "backups" USING btree ("device_id","id") WHERE changed;--> statement-breakpoint
CREATE INDEX "backups_good" ON "backups" USING btree ("device_id","id") WHERE status = 'success';--> statement-breakpoint
CREATE INDEX "backups_unpublished" ON "backups" USING btree ("id") WHERE changed and published_at is null;--> statement-breakpoint
CREATE INDEX "backups_artifact" ON "backups" USING btree ("artifact");--> statement-breakpoint
CREATE INDEX "backups_unchanged_at" ON "backups" USING btree ("timestamp") WHERE not changed;--> statement-breakpoint
CREATE INDEX "backups_changed_at" ON "backups" USING btree ("timestamp") WHERE changed;--> statement-breakpoint
CREATE INDEX "device_health_change" ON "device_health" USING btree ("quiet_until") WHERE change_at is not null;--> statement-breakpoint
CREATE INDEX "dead_letters_group" ON "dead_letters" USING btree ("fingerprint","id");--> statement-breakpoint
CREATE INDEX "dead_letters_open" ON "dead_letters" USING btree ("fingerprint") WHERE state = 'open';--> statement-breakpoint
CREATE INDEX "dead_letters_device" ON "dead_letters" USING btree ("device_id");--> statement-breakpoint
CREATE INDEX "dead_letters_settled" ON "dead_letters" USING btree ("settled_at") WHERE state <> 'open';--> statement-breakpoint
CREATE INDEX "idempotency_keys_expiry" ON "idempotency_keys" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_due" ON "webhook_deliveries" USING btree ("next_attempt_at") WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX "webhook_deliveries_log" ON "webhook_deliveries" USING btree ("webhook_id","seq");--> statement-breakpoint
CREATE UNIQUE INDEX "devices_source" ON "devices" USING btree ("source","source_key") WHERE source is not null;--> statement-breakpoint
CREATE INDEX "fact_sets_created" ON "fact_sets" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "job_devices_group" ON "job_devices" USING btree ("queue","job_id") WHERE queue <> 'collector';--> statement-breakpoint
CREATE INDEX "jobs_schedule" ON "jobs" USING btree ("schedule_id","created_at","id") WHERE schedule_id is not null;--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_origin_unique" UNIQUE("origin");