import { declaredChecks } from './declared-checks.ts';

const read = (check: string, timeout?: string) =>
  declaredChecks({ 'kubectl-dr.dev/check': check, ...(timeout !== undefined && { 'kubectl-dr.dev/check-timeout': timeout }) });

it.each<[string, unknown]>([
  ['/healthz', { kind: 'http', path: '/healthz' }],
  ['http:/healthz?full=1', { kind: 'http', path: '/healthz?full=1' }],
  ['http://web:8080/ok', { kind: 'http', service: 'web', port: '8080', path: '/ok' }],
  ['https://web', { kind: 'http', service: 'web', path: '/' }],
  ['exec: pg_isready -q', { kind: 'exec', command: ['pg_isready', '-q'] }],
  ['exec/postgres:pg_isready', { kind: 'exec', container: 'postgres', command: ['pg_isready'] }],
  ['exec: ["sh", "-c", "test $(wc -l </a) -gt 1"]', { kind: 'exec', command: ['sh', '-c', 'test $(wc -l </a) -gt 1'] }],
])('reads %s', (text, check) => {
  expect(read(text)).toEqual({ checks: [check], unreadable: [], timeoutSeconds: 120 });
});

// A shell would read these otherwise than we do: they are said to be unreadable instead of meaning something else.
it.each(['exec: echo "a b"', 'exec: true && false', 'exec: []', 'exec: [1]', 'exec: ["a"', 'exec:', '//web/x', 'ftp://web/', 'a word'])(
  'does not guess what %s means',
  (text) => expect(read(text)).toMatchObject({ checks: [], unreadable: [text] }),
);

it('takes one check a line, and a time for each', () => {
  expect(read('/a\n\n exec: true \nnonsense', '30s')).toMatchObject({
    checks: [{ path: '/a' }, { command: ['true'] }],
    unreadable: ['nonsense'],
    timeoutSeconds: 30,
  });
  expect(read('/a', '5h').timeoutSeconds).toBe(3_600);
  expect(read('/a', 'soon')).toMatchObject({ timeoutSeconds: 120, unreadable: ['kubectl-dr.dev/check-timeout: soon'] });
  expect(declaredChecks({})).toEqual({ checks: [], unreadable: [], timeoutSeconds: 120 });
});
