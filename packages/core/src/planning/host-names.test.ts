import { object } from '../testing/builders.ts';
import { changesOf } from './changes.ts';
import { arrivalWith, copyWith } from './mapping.ts';
import { neutralise } from './neutralise.ts';

const mapping = (name: string) =>
  object('serving.knative.dev/v1beta1', 'DomainMapping', `shop/${name}`, { spec: { ref: { kind: 'Service', name: 'web' } } });
const captured = [mapping('shop.east.example'), mapping('pay.example'), object('v1', 'ConfigMap', 'shop/web', {})];
const hosts = { '.east.example': '.west.example', 'pay.example': 'pay.example' };

describe('what is called like the host that it answers for', () => {
  it('is left out of a copy, beside the original and on another cluster, and told', () => {
    for (const adapt of [neutralise, copyWith({ hosts }).adapt]) {
      const { changes, warnings } = changesOf(captured, { cluster: 'east', source: 'shop', target: 'shop-drill', adapt });
      expect(changes.map(({ action, kind, name, why }) => [action, kind, name, why])).toEqual([
        ['create', 'ConfigMap', 'web', undefined],
        ['leave', 'DomainMapping', 'pay.example', expect.stringContaining('which is the original')],
        ['leave', 'DomainMapping', 'shop.east.example', expect.stringContaining('which is the original')],
      ]);
      expect(warnings).toMatchObject([
        {
          code: 'HOST_IS_NAME',
          severity: 'info',
          evidence: ['DomainMapping shop/shop.east.example', 'DomainMapping shop/pay.example'],
        },
      ]);
    }
  });

  it('moves under the host that it has, and whoever is called otherwise there is told by name', () => {
    const { as, remarks } = arrivalWith({ hosts });
    expect(captured.map(as)).toEqual(captured);
    expect(remarks(captured, 'west')).toEqual([
      {
        code: 'HOST_IS_NAME',
        severity: 'warning',
        cluster: 'west',
        message: 'DomainMapping shop.east.example keeps its host, for that is its name: nothing answers for shop.west.example on west',
        evidence: ['DomainMapping shop/shop.east.example'],
        fix: 'create on west, when it runs there: DomainMapping shop.west.example',
      },
    ]);
    expect(arrivalWith({}).remarks(captured, 'west')).toEqual([]);
  });
});
