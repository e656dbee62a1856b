import { traceText } from './trace.ts';

const secret = {
  kind: 'Secret',
  metadata: { name: 'db', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"p":"cGFzcw=="}}' } },
  data: { p: 'cGFzcw==' },
};
const traced = {
  method: 'POST',
  url: 'https://east/api/v1/namespaces/shop/secrets',
  headers: { authorization: 'Bearer t0ken', accept: 'application/json', 'impersonate-group': ['a', 'b'] },
  body: JSON.stringify({ ...secret, stringData: { q: 'pass' } }),
  milliseconds: 12.4,
  status: 201,
  answeredHeaders: { ':status': '201', 'content-type': 'application/json', 'set-cookie': ['session=1'] },
  answered: JSON.stringify({ kind: 'SecretList', items: [{ metadata: secret.metadata, data: secret.data }] }),
};

it('shows more from level to level, and no secret on any', () => {
  expect(traceText(6, traced)).toBe('POST https://east/api/v1/namespaces/shop/secrets 201 in 12 milliseconds\n');
  expect(traceText(7, traced)).toMatchInlineSnapshot(`
    "POST https://east/api/v1/namespaces/shop/secrets 201 in 12 milliseconds
    Request Headers:
        authorization: Bearer <masked>
        accept: application/json
        impersonate-group: a
        impersonate-group: b
    "
  `);
  expect(traceText(9, traced)).toMatchInlineSnapshot(`
    "Request Body: {"kind":"Secret","metadata":{"name":"db","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"<masked>"}},"data":{"p":"<masked>"},"stringData":{"q":"<masked>"}}
    curl -v -X POST -H 'authorization: Bearer <masked>' -H 'accept: application/json' -H 'impersonate-group: a' -H 'impersonate-group: b' 'https://east/api/v1/namespaces/shop/secrets'
    POST https://east/api/v1/namespaces/shop/secrets 201 in 12 milliseconds
    Request Headers:
        authorization: Bearer <masked>
        accept: application/json
        impersonate-group: a
        impersonate-group: b
    Response Headers:
        content-type: application/json
        set-cookie: <masked>
    Response Body: {"kind":"SecretList","items":[{"metadata":{"name":"db","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"<masked>"}},"data":{"p":"<masked>"}}]}
    "
  `);
  for (const level of [6, 7, 8, 9, 10]) expect(traceText(level, traced)).not.toMatch(/t0ken|cGFzcw|pass|session=1/);
});

it('masks tokens and signed links wherever they stand', () => {
  const answered = JSON.stringify({
    kind: 'TokenRequest',
    status: { token: 'abc' },
    nested: [{ downloadURL: 'https://s3/x?sig=abc', token: { deep: 1 } }],
  });
  const text = traceText(9, { ...traced, headers: {}, body: 'no json', answered });
  expect(text).not.toContain('abc');
  expect(text).toContain('"token":{"deep":1}');
  expect(text).toContain('Request Body: no json\n');
});

it('cuts bodies at 8, not at 9, and tells a failure', () => {
  const answered = JSON.stringify({ text: 'x'.repeat(5_000) });
  expect(traceText(8, { ...traced, answered })).toContain('x [truncated 3987 chars]\n');
  expect(traceText(9, { ...traced, answered })).not.toContain('truncated');
  const { status: _, answeredHeaders: __, answered: ___, ...unanswered } = traced;
  expect(traceText(6, { ...unanswered, failure: 'ECONNREFUSED' })).toContain(' ECONNREFUSED in 12 milliseconds\n');
});
