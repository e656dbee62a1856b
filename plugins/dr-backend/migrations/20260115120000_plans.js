/**
 * Plans that were shown and may be carried out, and the requests that started operations. Both can be lost without losing
 * an operation: those live in the clusters.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('plans', (table) => {
    table.comment('Plans, until they expire');
    table.string('id', 255).primary();
    table.string('hash', 255).notNullable();
    table.text('plan').notNullable().comment('JSON');
    table.string('created_by', 255).notNullable();
    table.string('expires_at', 30).notNullable().index().comment('RFC 3339, UTC');
  });
  await knex.schema.createTable('started_requests', (table) => {
    table.comment('Idempotency keys and what they started');
    table.string('caller', 255).notNullable();
    table.string('key', 200).notNullable();
    table.string('fingerprint', 64).notNullable().comment('SHA-256 of the request');
    table.string('operation_id', 255).notNullable();
    table.string('created_at', 30).notNullable().index().comment('RFC 3339, UTC');
    table.primary(['caller', 'key']);
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('started_requests');
  await knex.schema.dropTable('plans');
};
