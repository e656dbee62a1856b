/**
 * That a fresh Backstage's own scaffolder and MCP server carry our actions out; says what was seen, and throws at what was not.
 * `ask(method, path, body, headers?)` answers a `Response`, signed in.
 */
export async function lookAtActions({ ask, until }) {
  return [...(await lookAtScaffolder({ ask, until })), ...(await lookAtMcp(ask))];
}

const step = (id, action, input) => ({ id, name: id, action, input });

async function lookAtScaffolder({ ask, until }) {
  const known = await json(await ask('GET', '/api/scaffolder/v2/actions'));
  const ours = known.map(({ id }) => id).filter((id) => id.startsWith('dr:'));
  if (ours.length !== 5) throw new Error(`the scaffolder knows of our five actions these: ${ours.join(', ')}`);
  // The first look at the clusters and the catalog may still be going on.
  await until(async () => json(await ask('GET', '/api/dr/v1/applications/component/default/dashboards')));
  const { taskId, id = taskId } = await json(
    await ask('POST', '/api/scaffolder/v2/tasks', {
      templateRef: 'template:default/get-back',
      values: { service: 'component:default/dashboards' },
    }),
  );
  const task = await until(async () => {
    const found = await json(await ask('GET', `/api/scaffolder/v2/tasks/${id}`));
    if (!['completed', 'failed'].includes(found.status)) throw new Error(`the template is still ${found.status}`);
    return found;
  });
  const events = await json(await ask('GET', `/api/scaffolder/v2/tasks/${id}/events`));
  const { output, error } = events.findLast(({ type }) => type === 'completion').body;
  if (task.status !== 'completed' || !output?.operation) throw new Error(`the template ${task.status}: ${JSON.stringify(error ?? output)}`);
  await until(async () => {
    const { status } = await json(await ask('GET', `/api/dr/v1/operations/${output.operation}`));
    if (status.state !== 'Succeeded') throw new Error(`${output.operation} is ${status.state}: ${status.message}`);
  });
  return [`  a template of the scaffolder asked for the verdict (${output.verdict}) and backed up on west: ${output.operation} succeeded`];
}

/** Written into the catalog of the host. */
export const template = {
  apiVersion: 'scaffolder.backstage.io/v1beta3',
  kind: 'Template',
  metadata: { name: 'get-back' },
  spec: {
    type: 'service',
    parameters: { properties: { service: { type: 'string' } } },
    steps: [
      step('look', 'dr:get-protection-status', { entityRef: '${{ parameters.service }}' }),
      step('backup', 'dr:create-backup', { entityRef: '${{ parameters.service }}', reason: 'by a template' }),
    ],
    output: { verdict: '${{ steps.look.output.verdict }}', operation: '${{ steps.backup.output.operation }}' },
  },
};

async function lookAtMcp(ask) {
  let calls = 0;
  const call = async (method, params) => {
    const headers = { accept: 'application/json, text/event-stream' };
    const answer = await ask('POST', '/api/mcp-actions/v1', { jsonrpc: '2.0', id: (calls += 1), method, params }, headers);
    const text = await answer.text();
    const body = JSON.parse(text.startsWith('{') ? text : text.match(/^data: (.*)$/m)[1]);
    if (body.error) throw new Error(`MCP answers to ${method}: ${JSON.stringify(body.error)}`);
    return body.result;
  };
  const { serverInfo } = await call('initialize', {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'host-test', version: '1' },
  });
  const { tools } = await call('tools/list', {});
  const named = (name) => tools.find((tool) => tool.name.endsWith(name));
  const [status, restore] = ['get-protection-status', 'restore-application'].map(named);
  if (status?.annotations?.readOnlyHint !== true || restore?.annotations?.destructiveHint !== true)
    throw new Error(`MCP tells these of our tools: ${JSON.stringify([status, restore])}`);
  const told = await call('tools/call', { name: status.name, arguments: { entityRef: 'system:default/shop' } });
  if (told.isError || !JSON.stringify(told).includes('Breached')) throw new Error(`MCP answers: ${JSON.stringify(told)}`);
  const refused = await call('tools/call', { name: status.name, arguments: { entityRef: 'system:default/nothing' } });
  if (!refused.isError) throw new Error(`MCP knows a service that does not exist: ${JSON.stringify(refused)}`);
  return [`  MCP (${serverInfo.name}) lists ${tools.length} tools, and ${status.name} says that the shop is Breached`];
}

async function json(answer) {
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.url} answered ${answer.status}: ${text}`);
  return JSON.parse(text);
}
