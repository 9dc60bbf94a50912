CREATE TABLE "api_keys" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"site_id" bigint NOT NULL,
	"scope" text NOT NULL,
	"hash" "bytea" NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "api_keys_hash_unique" UNIQUE("hash")
);
--> statement-breakpoint
CREATE TABLE "changes" (
	"room_id" bigint NOT NULL,
	"rev" bigint NOT NULL,
	"item_id" uuid,
	"type" text NOT NULL,
	"by" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"reason" text,
	CONSTRAINT "changes_room_id_rev_pk" PRIMARY KEY("room_id","rev")
);
--> statement-breakpoint
CREATE TABLE "items" (
	"room_id" bigint NOT NULL,
	"id" uuid NOT NULL,
	"seq" bigint,
	"rev" bigint NOT NULL,
	"kind" text NOT NULL,
	"state" text NOT NULL,
	"author" jsonb NOT NULL,
	"poster" text,
	"hash" text NOT NULL,
	"body" jsonb,
	"text" text,
	"media" jsonb,
	"highlight" boolean DEFAULT false NOT NULL,
	"source_id" uuid,
	"external_id" text,
	"posted_at" timestamp (3) with time zone NOT NULL,
	"edited_at" timestamp (3) with time zone,
	"pinned_at" timestamp (3) with time zone,
	"removed_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "items_room_id_id_pk" PRIMARY KEY("room_id","id")
);
--> statement-breakpoint
CREATE TABLE "meta" (
	"key" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rooms" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "rooms_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"site_id" bigint NOT NULL,
	"slug" text NOT NULL,
	"title" text NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"visibility" text DEFAULT 'public' NOT NULL,
	"posting" text DEFAULT 'staff' NOT NULL,
	"epoch" text NOT NULL,
	"rev" bigint DEFAULT 0 NOT NULL,
	"altered" bigint DEFAULT 0 NOT NULL,
	"facts_rev" bigint DEFAULT 0 NOT NULL,
	"item_count" bigint DEFAULT 0 NOT NULL,
	"settings" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "site_secrets" (
	"id" text PRIMARY KEY NOT NULL,
	"site_id" bigint NOT NULL,
	"secret" text NOT NULL,
	"allow_roles" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"revoked_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "sites" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sites_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"slug" text NOT NULL,
	"origins" text[] DEFAULT '{}' NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sites_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
CREATE TABLE "versions" (
	"room_id" bigint NOT NULL,
	"item_id" uuid NOT NULL,
	"rev" bigint NOT NULL,
	"state" text NOT NULL,
	"body" jsonb NOT NULL,
	"text" text NOT NULL,
	"media" jsonb,
	CONSTRAINT "versions_room_id_item_id_rev_pk" PRIMARY KEY("room_id","item_id","rev")
);
--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_site_id_sites_id_fk" FOREIGN KEY ("site_id") REFERENCES "public"."sites"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rooms" ADD CONSTRAINT "rooms_site_id_sites_id_fk" FOREIGN KEY ("site_id") REFERENCES "public"."sites"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "site_secrets" ADD CONSTRAINT "site_secrets_site_id_sites_id_fk" FOREIGN KEY ("site_id") REFERENCES "public"."sites"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "api_keys_site" ON "api_keys" USING btree ("site_id");--> statement-breakpoint
CREATE UNIQUE INDEX "items_place" ON "items" USING btree ("room_id","seq");--> statement-breakpoint
CREATE UNIQUE INDEX "items_external" ON "items" USING btree ("room_id","source_id","external_id") WHERE external_id is not null;--> statement-breakpoint
CREATE INDEX "items_live" ON "items" USING btree ("room_id","seq") WHERE state = 'live';--> statement-breakpoint
CREATE INDEX "items_waiting" ON "items" USING btree ("room_id","rev") WHERE state = 'held' and seq is null;--> statement-breakpoint
CREATE INDEX "items_pinned" ON "items" USING btree ("room_id","pinned_at") WHERE pinned_at is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "rooms_address" ON "rooms" USING btree ("site_id","slug");--> statement-breakpoint
CREATE INDEX "site_secrets_site" ON "site_secrets" USING btree ("site_id");