/**
 * Requests that wait for a second person, with the plan that was shown, and who counts against whose quota. A request that
 * was approved lives in the cluster, as an operation; what is lost with this table has to be requested again.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('approvals', (table) => {
    table.comment('What waits for, or was decided by, a second person');
    table.string('operation_id', 255).primary();
    table.string('application', 255).notNullable();
    table.text('plan').notNullable().comment('JSON, as it was shown to whoever asked');
    table.string('requested_by', 255).notNullable();
    table.string('requested_at', 30).notNullable().comment('RFC 3339, UTC');
    table.text('reason');
    table.string('expires_at', 30).notNullable().index().comment('RFC 3339, UTC');
    table.string('state', 20).notNullable().comment('waiting, approved, rejected, withdrawn or failed');
    table.string('decided_by', 255);
    table.string('decided_at', 30).comment('RFC 3339, UTC');
    table.text('message');
    table.check(
      "state not in ('approved', 'rejected') or (decided_by is not null and decided_by <> requested_by)",
      undefined,
      'approvals_by_another',
    );
  });
  await knex.schema.alterTable('started_requests', (table) => {
    table.string('owner', 255).index().comment('Entity reference of the owner at that time');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.alterTable('started_requests', (table) => {
    table.dropIndex('owner');
    table.dropColumn('owner');
  });
  await knex.schema.dropTable('approvals');
};
