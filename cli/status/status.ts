/** What in a cluster is not as dist/ says. */
import type { Kubectl } from '../cluster/kubectl';
import { Membership } from '../cluster/membership';
import { keyOf, type ObjectJson } from '../cluster/objects';
import { type Observation, observe } from '../cluster/observation';
import type { RenderedEnvironment, RenderedStage } from '../cluster/rendered';
import { type ServedTypes, servedTypes } from '../cluster/types';
import { describe } from '../deploy/wait';
import { differencesOf, type FieldDifference } from './differences';

export type State = 'missing' | 'differs' | 'refused' | 'not ready' | 'left over';

/** One thing that is not as it should be. */
export interface Finding {
  /** @default - it is in no stage, as it left dist/ */
  readonly stage?: string;
  readonly object: Pick<ObjectJson, 'apiVersion' | 'kind'> & {
    readonly namespace?: string;
    readonly name: string;
  };
  readonly state: State;
  /** What it is about, for a reader. */
  readonly text: string;
  /** Of what differs. */
  readonly fields?: readonly FieldDifference[];
}

export async function statusOf(kubectl: Kubectl, environment: RenderedEnvironment): Promise<readonly Finding[]> {
  const types = await servedTypes(kubectl, environment.objects);
  const membership = await Membership.read(kubectl, environment);
  const findings: Finding[] = [];
  for (const stage of environment.stages) findings.push(...(await findingsOf(kubectl, types, stage)));
  for (const object of await membership.leftOver()) {
    findings.push({ object: nameOf(object), state: 'left over', text: 'left dist/ and is still in the cluster' });
  }
  return findings;
}

async function findingsOf(kubectl: Kubectl, types: ServedTypes, stage: RenderedStage): Promise<Finding[]> {
  const observations = await observe(kubectl, types, stage.objects);
  const there = observations.flatMap(({ rendered, live }) => (live ? [{ rendered, live }] : []));
  const answers = await differencesOf(kubectl, there);
  return observations.flatMap((observation): Finding[] => {
    const { rendered, live, health } = observation;
    const about = { stage: stage.name, object: nameOf(rendered) };
    if (!live) return [{ ...about, state: 'missing', text: 'is not in the cluster' }];
    const answer = answers.get(keyOf(rendered));
    return [
      ...(answer && 'refused' in answer
        ? [{ ...about, state: 'refused' as const, text: `an apply would be refused: ${answer.refused}` }]
        : []),
      ...(answer && 'fields' in answer && answer.fields.length > 0
        ? [{ ...about, state: 'differs' as const, text: describeFields(answer.fields), fields: answer.fields }]
        : []),
      ...(health.state === 'ready' ? [] : [{ ...about, state: 'not ready' as const, text: textOf(observation) }]),
    ];
  });
}

/** Without the name of the object, which stands before it. */
const textOf = (observation: Observation) => describe(observation).replace(/^\S+ \S+: /, '');

const nameOf = ({ apiVersion, kind, metadata: { namespace, name } }: ObjectJson): Finding['object'] => ({
  apiVersion,
  kind,
  ...(namespace !== undefined && { namespace }),
  name,
});

/** Fields that a line shows. */
const SHOWN = 5;

function describeFields(fields: readonly FieldDifference[]): string {
  const shown = fields
    .slice(0, SHOWN)
    .map(({ path, rendered = 'nothing', live = 'nothing' }) => `${path}: dist/ has ${rendered}, the cluster ${live}`);
  return [...shown, ...(fields.length > SHOWN ? [`and ${fields.length - SHOWN} more`] : [])].join('; ');
}
