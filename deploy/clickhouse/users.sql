-- Three users of a ClickHouse server. Run as an administrator, after the words in capitals were replaced:
--   clickhouse-client --multiquery < users.sql
-- On a cluster add ON CLUSTER to every statement. The database is that of clickhouse.database.

-- Brings the schema up to date: `culprit migrate`. Its tables' rollups work with its rights, so it has to stay.
CREATE USER IF NOT EXISTS culprit_migrator IDENTIFIED WITH sha256_password BY 'REPLACE-MIGRATOR-PASSWORD';
GRANT CREATE DATABASE, CREATE TABLE, CREATE VIEW, ALTER TABLE, ALTER VIEW, DROP TABLE, DROP VIEW, SELECT, INSERT, OPTIMIZE ON culprit.* TO culprit_migrator;
GRANT CLUSTER ON *.* TO culprit_migrator;

-- Stores what comes in and what is found: ingest, detector, correlator, notifier.
CREATE USER IF NOT EXISTS culprit_writer IDENTIFIED WITH sha256_password BY 'REPLACE-WRITER-PASSWORD';
GRANT SELECT, INSERT ON culprit.* TO culprit_writer;

-- Only reads: the API, Grafana. No statement of its takes all of the server.
CREATE USER IF NOT EXISTS culprit_reader IDENTIFIED WITH sha256_password BY 'REPLACE-READER-PASSWORD'
  SETTINGS max_execution_time = 30 MIN 0 MAX 60, max_memory_usage = 4000000000 MIN 0 MAX 4000000000, max_result_bytes = 1000000000 MIN 0 MAX 1000000000;
GRANT SELECT ON culprit.* TO culprit_reader;
