import { mayHoldCredentials, withoutCredentials } from './credentials.ts';

/** Where credentials turn up in practice, and what is left of it. What opens something has `PLANTED` in it. */
const told: [string, string, string][] = [
  ['an address', 'GET https://key:PLANTED@store/backups: denied', 'GET https://key:(not shown)@store/backups: denied'],
  ['an address without a user', 'redis://:PLANTED@cache:6379', 'redis://:(not shown)@cache:6379'],
  [
    'a signed link of AWS',
    'https://s3/b?X-Amz-Credential=PLANTED%2F2026&X-Amz-Date=20260115&X-Amz-Signature=PLANTED',
    'https://s3/b?X-Amz-Credential=(not shown)&X-Amz-Date=20260115&X-Amz-Signature=(not shown)',
  ],
  [
    'a link of Azure',
    'https://a.blob.core.windows.net/b?sv=2026&sig=PLANTED%3D',
    'https://a.blob.core.windows.net/b?sv=2026&sig=(not shown)',
  ],
  ['a key of AWS', 'The key AKIAPLANTEDPLANTED12 is unknown', 'The key (not shown) is unknown'],
  [
    'credentials of AWS',
    '[default]\naws_access_key_id = PLANTED\nregion = x\naws_secret_access_key=PLANTED/+x',
    '[default]\naws_access_key_id = (not shown)\nregion = x\naws_secret_access_key=(not shown)',
  ],
  ['a token of GitHub', 'remote: ghp_PLANTEDPLANTEDPLANTED is revoked', 'remote: (not shown) is revoked'],
  ['a header', 'sent Authorization: Bearer PLANTED-1234567', 'sent Authorization: Bearer (not shown)'],
  ['a basic header', 'sent "basic UExBTlRFRDo1UExBTlRFRA=="', 'sent "basic (not shown)"'],
  ['a JWT', 'the token eyJhbGciOiJSUzI1NiJ9.PLANTED_PLANTED.PLANTED is expired', 'the token (not shown) is expired'],
  [
    'a private key',
    'bad key -----BEGIN RSA PRIVATE KEY-----\nPLANTED\nPLANTED\n-----END RSA PRIVATE KEY-----, sorry',
    'bad key -----BEGIN RSA PRIVATE KEY-----(not shown)-----END RSA PRIVATE KEY-----, sorry',
  ],
  ['a private key that was cut', 'bad key -----BEGIN PRIVATE KEY-----\\nPLANTED', 'bad key -----BEGIN PRIVATE KEY-----(not shown)'],
  ['JSON', '{"user":"admin","password":"PLANTED two","port":1}', '{"user":"admin","password":"(not shown)","port":1}'],
  ['JSON in JSON', String.raw`{\"data\":{\"apiToken\":\"PLANTED\"}}`, String.raw`{\"data\":{\"apiToken\":\"(not shown)\"}}`],
  [
    'a kubeconfig',
    'users:\n- user:\n    token: PLANTED\n    client-key-data: PLANTED',
    'users:\n- user:\n    token: (not shown)\n    client-key-data: (not shown)',
  ],
  ['YAML in quotes', 'password: "PLANTED with words"', 'password: (not shown)'],
  ['an argument', 'exit 1: restic --password=PLANTED --host x', 'exit 1: restic --password=(not shown) --host x'],
  ['a connection string', 'AccountName=x;AccountKey=PLANTED==;Endpoint=y', 'AccountName=x;AccountKey=(not shown);Endpoint=y'],
];

it.each(told)('%s is told without what opens it', (_, text, shown) => {
  expect(withoutCredentials(text)).toBe(shown);
  expect(shown).not.toContain('PLANTED');
  expect(mayHoldCredentials(JSON.stringify({ message: text }))).toBe(true);
  expect(mayHoldCredentials(JSON.stringify(JSON.stringify({ message: text })))).toBe(true);
  // What was masked stays as it is: journals are read and told again.
  expect(withoutCredentials(shown)).toBe(shown);
});

it.each([
  'secrets "cloud-credentials" not found',
  'cannot read the secret: it is not there',
  'Basic authentication is not supported, use a bearer token',
  'https://east.example.com:6443 refused the connection',
  'kubectl -n kubectl-dr create token dr-operator --duration 8760h',
  'system:serviceaccount:kubectl-dr:dr-reader may not create leases.coordination.k8s.io in the namespace kubectl-dr on east',
  'the claim shop/data-orders-db-0 is 5h old (component:default/orders-db)',
  'image registry.example.com:5000/shop@sha256:0123456789abcdef is gone',
])('%s is told as it is', (text) => {
  expect(withoutCredentials(text)).toBe(text);
});

it('a text of any length is read in one go', () => {
  // What would take hours if some part of it were read again from each place.
  for (const piece of ['//a:', 'eyJ-', 'password', 'token="', 'bearer ', '-----BEGIN A-----', ' - ', 'key\\', '"secret" : ', 'eyJaaaaaa.'])
    expect(withoutCredentials(piece.repeat(50_000)).length).toBeGreaterThan(0);
});
