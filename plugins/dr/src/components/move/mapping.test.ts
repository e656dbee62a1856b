import { askedMapping, isComplete, rowsOf } from './mapping.ts';

const policy = { namespaces: { shop: 'shop-dr' }, storageClasses: { fast: 'gp3' }, hosts: { '.east.example': '.west.example' } };

describe('the mapping of a move', () => {
  it('begins as the policy says it, of which nothing has to be asked', () => {
    expect(rowsOf(policy)).toEqual({
      namespaces: [{ from: 'shop', to: 'shop-dr' }],
      storageClasses: [{ from: 'fast', to: 'gp3' }],
      hosts: [{ from: '.east.example', to: '.west.example' }],
      nodeLabels: [],
    });
    expect(askedMapping(rowsOf(policy), policy)).toEqual({});
    expect(askedMapping(rowsOf())).toEqual({});
  });

  it('asks for what differs from it, and for what it says and nobody wants as it is called here', () => {
    const rows = { ...rowsOf(policy), namespaces: [], storageClasses: [], nodeLabels: [{ from: ' disk=ssd ', to: '' }] };
    rows.hosts[0]!.to = '.dr.example';
    expect(askedMapping(rows, policy)).toEqual({
      namespaces: { shop: 'shop' },
      storageClasses: { fast: 'fast' },
      hosts: { '.east.example': '.dr.example' },
      nodeLabels: { 'disk=ssd': '' },
    });
  });

  it('asks for nothing that is typed by half', () => {
    const rows = {
      namespaces: [{ from: 'shop', to: 'Shop DR' }],
      storageClasses: [{ from: 'fast', to: '' }],
      hosts: [{ from: '', to: 'x' }],
      nodeLabels: [{ from: 'disk', to: '' }],
    };
    expect(askedMapping(rows)).toEqual({});
    expect(isComplete('nodeLabels', { from: 'disk=ssd', to: 'disk' })).toBe(false);
  });
});
