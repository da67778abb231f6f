/** What the operator's webhook refuses, next to what the tests take it to refuse. */
import { refusals } from '../../__tests__/support/seldon-webhook';
import { WEBHOOK_CASES } from '../../__tests__/support/webhook-cases';
import type { Cluster } from '../cluster/cluster';
import { type Environment, ofKind } from '../cluster/environments';
import type { KubernetesObject, SeldonDeployment } from '../cluster/objects';

type Model = SeldonDeployment & Parameters<typeof refusals>[0];

/** Plants a fault for each of its rules, and every pair of faults that one model can have. */
export async function webhookAgrees(cluster: Cluster, env: Environment): Promise<string> {
  const models = ofKind<Model>(env, 'SeldonDeployment');
  const changed = models.flatMap((model) => [model, ...variants(model)]);
  const differences: string[] = [];
  const seen = { refused: 0, accepted: 0 };
  for (const { what, model } of changed.map((entry) =>
    'what' in entry ? entry : { what: 'as it is', model: entry },
  )) {
    const expected = refusals(model);
    const { code, stderr } = await cluster.kubectl(
      ['apply', '--server-side', '--dry-run=server', '--force-conflicts', '-f', '-'],
      JSON.stringify(model),
    );
    const unsaid = expected.filter((message) => !stderr.includes(message));
    if ((code === 0) !== (expected.length === 0) || unsaid.length > 0) {
      differences.push(
        `${model.metadata.name}, ${what}: expected ${JSON.stringify(expected)}, it says ${stderr.trim() || 'yes'}`,
      );
    }
    seen[code === 0 ? 'accepted' : 'refused'] += 1;
  }
  if (differences.length > 0) throw new Error(`${differences.length} differences:\n${differences.join('\n')}`);
  return `${seen.refused} refused, ${seen.accepted} accepted, as the tests have it`;
}

function variants(model: Model): { what: string; model: Model }[] {
  const cases = WEBHOOK_CASES.filter(([, name]) => name === model.metadata.name);
  const apply = (...chosen: typeof cases) => {
    const copy = structuredClone(model) as KubernetesObject & Model;
    for (const [, , change] of chosen) change(copy.spec);
    return { what: chosen.map(([what]) => what).join(' and '), model: copy };
  };
  const pairs = cases.flatMap((one, index) => cases.slice(index + 1).map((other) => apply(other, one)));
  return [...cases.map((one) => apply(one)), ...pairs];
}
