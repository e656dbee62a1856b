/**
 * What all replicas have to know of policies and verdicts: the last correction of each object, and of each application whether
 * it meets its objective and whether its owner was told. Both can be lost: then the next round begins anew, silently.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('policy_corrections', (table) => {
    table.comment('Objects of policies, and when they were written last');
    table.string('cluster', 255).notNullable();
    table.string('object', 600).notNullable().comment('Kind namespace/name');
    table.string('application', 255).notNullable();
    table.string('action', 20).notNullable().comment('create, change or remove');
    table.string('at', 30).notNullable().index().comment('RFC 3339, UTC');
    table.text('error').comment('Why it was not written');
    table.primary(['cluster', 'object']);
  });
  await knex.schema.createTable('verdict_states', (table) => {
    table.comment('Applications that meet, or do not meet, their objective');
    table.string('application', 255).primary();
    table.string('state', 20).notNullable().comment('met or breached');
    table.string('since', 30).notNullable().index().comment('RFC 3339, UTC');
    table.string('told', 20).notNullable().comment('silent, pending or sent');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('verdict_states');
  await knex.schema.dropTable('policy_corrections');
};
