CREATE SEQUENCE "public"."device_lock_tokens" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "api_tokens" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"token_hash" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone,
	CONSTRAINT "api_tokens_name_unique" UNIQUE("name"),
	CONSTRAINT "api_tokens_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "audit_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"actor" text NOT NULL,
	"role" text,
	"action" text NOT NULL,
	"method" text NOT NULL,
	"path" text NOT NULL,
	"status" text NOT NULL,
	"request_id" text NOT NULL,
	"detail" jsonb DEFAULT '{}'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "collection_groups" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"queue_id" text NOT NULL,
	"login_rate" double precision,
	"next_login_at" timestamp (3) with time zone,
	"max_sessions" integer,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "collection_groups_name_unique" UNIQUE("name"),
	CONSTRAINT "collection_groups_queue_id_unique" UNIQUE("queue_id")
);
--> statement-breakpoint
CREATE TABLE "credentials" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"username" text,
	"sealed" "bytea" NOT NULL,
	"key_id" text NOT NULL,
	"secrets" text[] NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "credentials_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "devices" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"host" text NOT NULL,
	"port" integer NOT NULL,
	"platform" text NOT NULL,
	"transport" text NOT NULL,
	"credential_id" uuid,
	"collection_group_id" uuid,
	"jump_device_id" uuid,
	"site" text,
	"tags" text[] DEFAULT '{}' NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"external_id" text,
	"host_key" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "devices_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "arp_entries" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "arp_entries_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"device_id" uuid NOT NULL,
	"address" text NOT NULL,
	"mac" text,
	"interface" text,
	"vrf" text
);
--> statement-breakpoint
CREATE TABLE "bgp_routes" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "bgp_routes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"device_id" uuid NOT NULL,
	"network" text NOT NULL,
	"next_hop" text,
	"interface" text,
	"distance" integer,
	"metric" bigint,
	"vrf" text,
	"selected" boolean NOT NULL,
	"as_path" text,
	"local_pref" bigint,
	"origin" text
);
--> statement-breakpoint
CREATE TABLE "cdp_neighbors" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "cdp_neighbors_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"device_id" uuid NOT NULL,
	"local_interface" text NOT NULL,
	"neighbor_name" text,
	"neighbor_interface" text,
	"neighbor_address" text,
	"platform" text,
	"capabilities" text[] NOT NULL
);
--> statement-breakpoint
CREATE TABLE "command_outputs" (
	"device_id" uuid NOT NULL,
	"command" text NOT NULL,
	"output" text NOT NULL,
	"template" text,
	"template_version" text,
	"job_id" uuid NOT NULL,
	"collected_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "command_outputs_device_id_command_pk" PRIMARY KEY("device_id","command")
);
--> statement-breakpoint
CREATE TABLE "device_kinds" (
	"device_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"outcome" text NOT NULL,
	"error" text,
	"attempted_at" timestamp (3) with time zone NOT NULL,
	"job_id" uuid NOT NULL,
	"collected_at" timestamp (3) with time zone,
	"facts_sha256" text,
	"commands" text[] NOT NULL,
	CONSTRAINT "device_kinds_device_id_kind_pk" PRIMARY KEY("device_id","kind")
);
--> statement-breakpoint
CREATE TABLE "fact_sets" (
	"device_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"sha256" text NOT NULL,
	"records" json NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "fact_sets_device_id_kind_sha256_pk" PRIMARY KEY("device_id","kind","sha256")
);
--> statement-breakpoint
CREATE TABLE "interfaces" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "interfaces_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"device_id" uuid NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"admin_status" text,
	"oper_status" text,
	"mac" text,
	"addresses" text[] NOT NULL,
	"mtu" integer,
	"speed" bigint,
	"vrf" text
);
--> statement-breakpoint
CREATE TABLE "lldp_neighbors" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "lldp_neighbors_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"device_id" uuid NOT NULL,
	"local_interface" text NOT NULL,
	"neighbor_name" text,
	"neighbor_interface" text,
	"neighbor_address" text,
	"platform" text,
	"capabilities" text[] NOT NULL,
	"chassis_id" text
);
--> statement-breakpoint
CREATE TABLE "mac_entries" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "mac_entries_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"device_id" uuid NOT NULL,
	"mac" text NOT NULL,
	"vlan" integer,
	"interface" text,
	"type" text
);
--> statement-breakpoint
CREATE TABLE "ospf_routes" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "ospf_routes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"device_id" uuid NOT NULL,
	"network" text NOT NULL,
	"next_hop" text,
	"interface" text,
	"distance" integer,
	"metric" bigint,
	"vrf" text,
	"selected" boolean NOT NULL,
	"route_type" text,
	"area" text
);
--> statement-breakpoint
CREATE TABLE "static_routes" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "static_routes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"device_id" uuid NOT NULL,
	"network" text NOT NULL,
	"next_hop" text,
	"interface" text,
	"distance" integer,
	"metric" bigint,
	"vrf" text,
	"selected" boolean NOT NULL,
	"blackhole" boolean NOT NULL
);
--> statement-breakpoint
CREATE TABLE "job_device_kinds" (
	"job_id" uuid NOT NULL,
	"device_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"outcome" text NOT NULL,
	"rows" integer NOT NULL,
	"duration_ms" integer NOT NULL,
	"error" text,
	"facts_sha256" text,
	"collected_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "job_device_kinds_job_id_device_id_kind_pk" PRIMARY KEY("job_id","device_id","kind")
);
--> statement-breakpoint
CREATE TABLE "job_devices" (
	"job_id" uuid NOT NULL,
	"device_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"name" text NOT NULL,
	"batch" integer NOT NULL,
	"queue" text NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"outcome" text,
	"error" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"current_task" text,
	"next_attempt_at" timestamp (3) with time zone,
	"started_at" timestamp (3) with time zone,
	"completed_at" timestamp (3) with time zone,
	CONSTRAINT "job_devices_job_id_device_id_pk" PRIMARY KEY("job_id","device_id")
);
--> statement-breakpoint
CREATE TABLE "job_log" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "job_log_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"xact" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"job_id" uuid NOT NULL,
	"device_id" uuid,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"event" text NOT NULL,
	"level" text NOT NULL,
	"message" text NOT NULL,
	"data" json
);
--> statement-breakpoint
CREATE TABLE "jobs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"status" text NOT NULL,
	"partial" boolean DEFAULT false NOT NULL,
	"message" text,
	"error" text,
	"params" jsonb NOT NULL,
	"owner" text NOT NULL,
	"priority" integer NOT NULL,
	"total_devices" integer NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"completed_at" timestamp (3) with time zone,
	"retry_of" uuid,
	"schedule_id" text,
	"run_id" text
);
--> statement-breakpoint
CREATE TABLE "device_locks" (
	"device_id" uuid PRIMARY KEY NOT NULL,
	"holder" text NOT NULL,
	"job_id" uuid NOT NULL,
	"group_id" uuid,
	"token" bigint DEFAULT nextval('device_lock_tokens') NOT NULL,
	"acquired_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "topology_snapshots" (
	"id" uuid PRIMARY KEY NOT NULL,
	"job_id" uuid NOT NULL,
	"nodes" integer NOT NULL,
	"links" integer NOT NULL,
	"graph" json NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "topology_snapshots_job_id_unique" UNIQUE("job_id")
);
--> statement-breakpoint
ALTER TABLE "devices" ADD CONSTRAINT "devices_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "devices" ADD CONSTRAINT "devices_collection_group_id_collection_groups_id_fk" FOREIGN KEY ("collection_group_id") REFERENCES "public"."collection_groups"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "arp_entries" ADD CONSTRAINT "arp_entries_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bgp_routes" ADD CONSTRAINT "bgp_routes_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cdp_neighbors" ADD CONSTRAINT "cdp_neighbors_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "command_outputs" ADD CONSTRAINT "command_outputs_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "device_kinds" ADD CONSTRAINT "device_kinds_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "interfaces" ADD CONSTRAINT "interfaces_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lldp_neighbors" ADD CONSTRAINT "lldp_neighbors_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mac_entries" ADD CONSTRAINT "mac_entries_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ospf_routes" ADD CONSTRAINT "ospf_routes_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "static_routes" ADD CONSTRAINT "static_routes_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "public"."devices"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job_device_kinds" ADD CONSTRAINT "job_device_kinds_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job_devices" ADD CONSTRAINT "job_devices_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job_log" ADD CONSTRAINT "job_log_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_events_at" ON "audit_events" USING btree ("at");--> statement-breakpoint
CREATE INDEX "devices_group" ON "devices" USING btree ("collection_group_id");--> statement-breakpoint
CREATE INDEX "devices_tags" ON "devices" USING gin ("tags");--> statement-breakpoint
CREATE INDEX "arp_entries_device" ON "arp_entries" USING btree ("device_id");--> statement-breakpoint
CREATE INDEX "arp_entries_address" ON "arp_entries" USING btree ("address");--> statement-breakpoint
CREATE INDEX "bgp_routes_device" ON "bgp_routes" USING btree ("device_id");--> statement-breakpoint
CREATE INDEX "cdp_neighbors_device" ON "cdp_neighbors" USING btree ("device_id");--> statement-breakpoint
CREATE INDEX "interfaces_device" ON "interfaces" USING btree ("device_id");--> statement-breakpoint
CREATE INDEX "lldp_neighbors_device" ON "lldp_neighbors" USING btree ("device_id");--> statement-breakpoint
CREATE INDEX "mac_entries_device" ON "mac_entries" USING btree ("device_id");--> statement-breakpoint
CREATE INDEX "mac_entries_mac" ON "mac_entries" USING btree ("mac");--> statement-breakpoint
CREATE INDEX "ospf_routes_device" ON "ospf_routes" USING btree ("device_id");--> statement-breakpoint
CREATE INDEX "static_routes_device" ON "static_routes" USING btree ("device_id");--> statement-breakpoint
CREATE INDEX "job_devices_position" ON "job_devices" USING btree ("job_id","position");--> statement-breakpoint
CREATE INDEX "job_devices_batch" ON "job_devices" USING btree ("job_id","batch");--> statement-breakpoint
CREATE INDEX "job_devices_status" ON "job_devices" USING btree ("job_id","status","outcome");--> statement-breakpoint
CREATE INDEX "job_devices_device" ON "job_devices" USING btree ("device_id");--> statement-breakpoint
CREATE INDEX "job_log_job" ON "job_log" USING btree ("job_id","xact","id");--> statement-breakpoint
CREATE INDEX "jobs_created" ON "jobs" USING btree ("created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "jobs_open" ON "jobs" USING btree ("status") WHERE status not in ('completed', 'failed', 'cancelled');--> statement-breakpoint
CREATE INDEX "device_locks_job" ON "device_locks" USING btree ("job_id");--> statement-breakpoint
CREATE INDEX "device_locks_group" ON "device_locks" USING btree ("group_id");--> statement-breakpoint
CREATE INDEX "topology_snapshots_created" ON "topology_snapshots" USING btree ("created_at" DESC NULLS LAST);