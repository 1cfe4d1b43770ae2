#!/bin/sh
# Makes or upgrades the two databases of Temporal; each step does nothing where it has been done. SQL_PASSWORD is in the environment.
set -eu
for name in temporal temporal_visibility; do
  case "$name" in
    temporal) schema=temporal ;;
    *) schema=visibility ;;
  esac
  sql() { temporal-sql-tool --plugin postgres12 --ep "$POSTGRES_SEEDS" -p "$DB_PORT" -u "$POSTGRES_USER" --db "$name" "$@"; }
  sql create
  sql setup-schema -v 0.0
  sql update-schema -d "/etc/temporal/schema/postgresql/v12/$schema/versioned"
done
echo 'schema of Temporal is up to date'
