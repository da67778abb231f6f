import type { Construct } from 'constructs';
import { Component } from '../lib/component';
import { k8s } from '../lib/k8s';
import {
  AMOUNTS,
  type Amount,
  amountOf,
  type Demand,
  formatAmount,
  givenAmount,
  RESOURCES,
  type Resource,
  requestOf,
  UNSAID,
} from './demand';

export interface QuotasProps {
  /** What runs in each namespace, and what is given by hand. */
  readonly namespaces: readonly {
    readonly name: string;
    readonly demand: Demand;
    readonly hard?: Readonly<Partial<Record<Amount, string | number>>>;
  }[];
  /** Percent that is left free. */
  readonly headroom: number;
}

/** A ResourceQuota and a LimitRange for each namespace, which what runs there fits into. */
export class Quotas extends Component {
  constructor(scope: Construct, { namespaces, headroom }: QuotasProps) {
    super(scope, { name: 'quotas', stage: '10-setup' });
    for (const { name, demand, hard = {} } of namespaces) {
      const amounts = AMOUNTS.flatMap((amount) => {
        const given = hard[amount];
        const needed = amountOf(demand, amount);
        if (given === undefined && needed === undefined) return [];
        // Who may ask for more by hand may also use that much.
        const asked = hard[requestOf(amount)];
        const least = asked === undefined ? 0 : givenAmount(asked);
        const value = given === undefined ? Math.max((needed ?? 0) * (1 + headroom / 100), least) : givenAmount(given);
        return [[amount, k8s.Quantity.fromString(formatAmount(amount, value))]];
      });
      new k8s.KubeResourceQuota(this, `${name}-quota`, {
        metadata: { name: 'platform', namespace: name },
        spec: { hard: Object.fromEntries(amounts) },
      });
      limitRange(this, name, demand);
    }
  }
}

/**
 * What a container may use at most, and gets where it says nothing. No limit is given of what some container of the platform
 * has no limit of: it would get one.
 */
function limitRange(scope: Construct, namespace: string, { largest }: Demand): void {
  const limited = Object.keys(largest) as Resource[];
  const each = (names: readonly Resource[], value: (name: Resource) => number) =>
    Object.fromEntries(names.map((name) => [name, k8s.Quantity.fromString(formatAmount(name, value(name)))]));
  const max = (name: Resource) => Math.max(largest[name] ?? 0, UNSAID[name].limit);
  new k8s.KubeLimitRange(scope, `${namespace}-limits`, {
    metadata: { name: 'platform', namespace },
    spec: {
      limits: [
        {
          type: 'Container',
          ...(limited.length > 0 && { max: each(limited, max), default: each(limited, (name) => UNSAID[name].limit) }),
          defaultRequest: each(RESOURCES, (name) => UNSAID[name].request),
        },
      ],
    },
  });
}
