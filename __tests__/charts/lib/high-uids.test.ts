import { withHighUids } from '../../../charts/lib/high-uids';

const file = (...objects: object[]) => ({ stage: '30-data' as const, name: 'x', objects });
const pod = (securityContext: object, container: object) => ({
  kind: 'StatefulSet',
  metadata: { name: 'x' },
  spec: { template: { spec: { securityContext, containers: [{ securityContext: container }] } } },
});

test('users and groups below 10000 become 10001, those of images that have others stay', () => {
  const { objects } = withHighUids(file(pod({ runAsUser: 999, fsGroup: 999 }, { runAsUser: 20000, runAsGroup: 26 })));
  expect(objects).toEqual([pod({ runAsUser: 10001, fsGroup: 10001 }, { runAsUser: 20000, runAsGroup: 10001 })]);
});

test('servers of models are of group 0, for which their images are made: MLServer may not enter its folder otherwise', () => {
  const model = (securityContext: object) => ({
    kind: 'SeldonDeployment',
    metadata: { name: 'x' },
    spec: { predictors: [{ componentSpecs: [{ spec: { containers: [{ securityContext }] } }] }] },
  });
  const { objects } = withHighUids(file(model({ runAsUser: 1000, runAsGroup: 1000 })));
  expect(objects).toEqual([model({ runAsUser: 10001, runAsGroup: 0 })]);
});

test('types keep fields of these names', () => {
  const type = {
    kind: 'CustomResourceDefinition',
    metadata: { name: 'x' },
    spec: { securityContext: { runAsUser: 1 } },
  };
  expect(withHighUids(file(type)).objects).toEqual([type]);
});

test('a Job whose user changes is another Job', () => {
  const job = { ...pod({ runAsUser: 1000 }, {}), kind: 'Job', metadata: { name: 'x-00000000' } };
  expect(withHighUids(file(job)).objects).toEqual([
    expect.objectContaining({ metadata: { name: expect.not.stringMatching('x-00000000') } }),
  ]);
});
