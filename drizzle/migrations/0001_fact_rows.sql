ALTER TABLE "arp_entries" DROP CONSTRAINT "arp_entries_device_id_devices_id_fk";
--> statement-breakpoint
ALTER TABLE "arp_entries" DROP CONSTRAINT "arp_entries_pkey";
--> statement-breakpoint
ALTER TABLE "arp_entries" ALTER COLUMN "id" DROP IDENTITY;
--> statement-breakpoint
ALTER TABLE "arp_entries" RENAME COLUMN "id" TO "position";
--> statement-breakpoint
ALTER TABLE "arp_entries" ALTER COLUMN "position" SET DATA TYPE integer USING ("position" % 2147483648)::integer;
--> statement-breakpoint
ALTER TABLE "bgp_routes" DROP CONSTRAINT "bgp_routes_device_id_devices_id_fk";
--> statement-breakpoint
ALTER TABLE "bgp_routes" DROP CONSTRAINT "bgp_routes_pkey";
--> statement-breakpoint
ALTER TABLE "bgp_routes" ALTER COLUMN "id" DROP IDENTITY;
--> statement-breakpoint
ALTER TABLE "bgp_routes" RENAME COLUMN "id" TO "position";
--> statement-breakpoint
ALTER TABLE "bgp_routes" ALTER COLUMN "position" SET DATA TYPE integer USING ("position" % 2147483648)::integer;
--> statement-breakpoint
ALTER TABLE "cdp_neighbors" DROP CONSTRAINT "cdp_neighbors_device_id_devices_id_fk";
--> statement-breakpoint
ALTER TABLE "cdp_neighbors" DROP CONSTRAINT "cdp_neighbors_pkey";
--> statement-breakpoint
ALTER TABLE "cdp_neighbors" ALTER COLUMN "id" DROP IDENTITY;
--> statement-breakpoint
ALTER TABLE "cdp_neighbors" RENAME COLUMN "id" TO "position";
--> statement-breakpoint
ALTER TABLE "cdp_neighbors" ALTER COLUMN "position" SET DATA TYPE integer USING ("position" % 2147483648)::integer;
--> statement-breakpoint
ALTER TABLE "interfaces" DROP CONSTRAINT "interfaces_device_id_devices_id_fk";
--> statement-breakpoint
ALTER TABLE "interfaces" DROP CONSTRAINT "interfaces_pkey";
--> statement-breakpoint
ALTER TABLE "interfaces" ALTER COLUMN "id" DROP IDENTITY;
--> statement-breakpoint
ALTER TABLE "interfaces" RENAME COLUMN "id" TO "position";
--> statement-breakpoint
ALTER TABLE "interfaces" ALTER COLUMN "position" SET DATA TYPE integer USING ("position" % 2147483648)::integer;
--> statement-breakpoint
ALTER TABLE "lldp_neighbors" DROP CONSTRAINT "lldp_neighbors_device_id_devices_id_fk";
--> statement-breakpoint
ALTER TABLE "lldp_neighbors" DROP CONSTRAINT "lldp_neighbors_pkey";
--> statement-breakpoint
ALTER TABLE "lldp_neighbors" ALTER COLUMN "id" DROP IDENTITY;
--> statement-breakpoint
ALTER TABLE "lldp_neighbors" RENAME COLUMN "id" TO "position";
--> statement-breakpoint
ALTER TABLE "lldp_neighbors" ALTER COLUMN "position" SET DATA TYPE integer USING ("position" % 2147483648)::integer;
--> statement-breakpoint
ALTER TABLE "mac_entries" DROP CONSTRAINT "mac_entries_device_id_devices_id_fk";
--> statement-breakpoint
ALTER TABLE "mac_entries" DROP CONSTRAINT "mac_entries_pkey";
--> statement-breakpoint
ALTER TABLE "mac_entries" ALTER COLUMN "id" DROP IDENTITY;
--> statement-breakpoint
ALTER TABLE "mac_entries" RENAME COLUMN "id" TO "position";
--> statement-breakpoint
ALTER TABLE "mac_entries" ALTER COLUMN "position" SET DATA TYPE integer USING ("position" % 2147483648)::integer;
--> statement-breakpoint
ALTER TABLE "ospf_routes" DROP CONSTRAINT "ospf_routes_device_id_devices_id_fk";
--> statement-breakpoint
ALTER TABLE "ospf_routes" DROP CONSTRAINT "ospf_routes_pkey";
--> statement-breakpoint
ALTER TABLE "ospf_routes" ALTER COLUMN "id" DROP IDENTITY;
--> statement-breakpoint
ALTER TABLE "ospf_routes" RENAME COLUMN "id" TO "position";
--> statement-breakpoint
ALTER TABLE "ospf_routes" ALTER COLUMN "position" SET DATA TYPE integer USING ("position" % 2147483648)::integer;
--> statement-breakpoint
ALTER TABLE "static_routes" DROP CONSTRAINT "static_routes_device_id_devices_id_fk";
--> statement-breakpoint
ALTER TABLE "static_routes" DROP CONSTRAINT "static_routes_pkey";
--> statement-breakpoint
ALTER TABLE "static_routes" ALTER COLUMN "id" DROP IDENTITY;
--> statement-breakpoint
ALTER TABLE "static_routes" RENAME COLUMN "id" TO "position";
--> statement-breakpoint
ALTER TABLE "static_routes" ALTER COLUMN "position" SET DATA TYPE integer USING ("position" % 2147483648)::integer;
--> statement-breakpoint
CREATE FUNCTION "forget_device_rows"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM "arp_entries" r USING gone WHERE r.device_id = gone.id;
  DELETE FROM "bgp_routes" r USING gone WHERE r.device_id = gone.id;
  DELETE FROM "cdp_neighbors" r USING gone WHERE r.device_id = gone.id;
  DELETE FROM "interfaces" r USING gone WHERE r.device_id = gone.id;
  DELETE FROM "lldp_neighbors" r USING gone WHERE r.device_id = gone.id;
  DELETE FROM "mac_entries" r USING gone WHERE r.device_id = gone.id;
  DELETE FROM "ospf_routes" r USING gone WHERE r.device_id = gone.id;
  DELETE FROM "static_routes" r USING gone WHERE r.device_id = gone.id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "devices_forget_rows" AFTER DELETE ON "devices" REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION "forget_device_rows"();
