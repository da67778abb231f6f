/** What `synth` says has changed. */
import { type Change, Changes, filesBelow } from '../../../cli/synth/changes';
import { describeChanges } from '../../../cli/synth/report';
import { withFolder, writeFiles } from '../../support/environments';

const added = (path: string): Change => ({ kind: 'added', path });
const changed = (path: string): Change => ({ kind: 'changed', path });
const removed = (path: string): Change => ({ kind: 'removed', path });

test('the changes of a folder are the files that differ, and then those that are no longer made', () => {
  const changes = new Changes();
  changes.begin(['e/10-a/same.yaml', 'e/10-a/other.yaml', 'e/10-a/gone.yaml']);
  changes.note('e/10-a/new.yaml', 'added');
  changes.note('e/10-a/same.yaml', 'none');
  changes.note('e/10-a/other.yaml', 'changed');
  expect(changes.all).toEqual([added('e/10-a/new.yaml'), changed('e/10-a/other.yaml'), removed('e/10-a/gone.yaml')]);
});

test('the files below a folder are all those in its folders too, and none where there is no folder', () =>
  withFolder((folder) => {
    writeFiles(folder, { 'a.yaml': '', 'b/c/d.yaml': '' });
    expect(filesBelow(folder).sort()).toEqual(['a.yaml', 'b/c/d.yaml']);
    expect(filesBelow(`${folder}/none`)).toEqual([]);
  }));

describe('the report', () => {
  test('says that nothing changed', () => {
    expect(describeChanges('dist', [])).toBe('no file changed\n');
  });

  test('has the files by environment and stage, and the commands that apply them, in the order of stages', () => {
    const changes = [
      changed('own/50-models/wine.yaml'),
      added('own/50-models/churn.yaml'),
      added('other/30-data/minio.yaml'),
      changed('own/10-setup/namespaces.yaml'),
      changed('own/kustomization.yaml'),
    ];
    expect(describeChanges('out/dist', changes)).toBe(`
changed in out/dist/other: 1 file
  30-data: added minio.yaml
apply, in this order:
  kubectl apply --server-side -f out/dist/other/30-data

changed in out/dist/own: 4 files
  changed kustomization.yaml
  10-setup: changed namespaces.yaml
  50-models: added churn.yaml; changed wine.yaml
apply, in this order:
  kubectl apply --server-side -f out/dist/own/10-setup
  kubectl apply --server-side -f out/dist/own/50-models
`);
  });

  test('has the Secrets of an environment that is new, between its namespaces and all else', () => {
    const changes = ['kustomization.yaml', '10-setup/namespaces.yaml', '30-data/minio.yaml'].map((path) =>
      added(`own/${path}`),
    );
    expect(describeChanges('dist', changes)).toContain(`
apply, in this order, each stage when all of the one before it runs:
  kubectl apply --server-side -f dist/own/10-setup
  npx ml-platform secrets own | kubectl create -f -
  kubectl apply --server-side -f dist/own/30-data
`);
    expect(describeChanges('dist', changes.slice(1))).not.toContain('secrets');
  });

  test('counts files where they are many', () => {
    const many = Array.from({ length: 6 }, (_, index) => added(`own/50-models/m${index}.yaml`));
    expect(describeChanges('dist', many)).toContain('\n  50-models: added 6 files\n');
    expect(describeChanges('dist', many.slice(1))).toContain('added m1.yaml, m2.yaml, m3.yaml, m4.yaml, m5.yaml\n');
  });

  test('has kubectl look into the folders below a stage', () => {
    const command = 'kubectl apply --server-side -R -f dist/own/50-models\n';
    expect(describeChanges('dist', [changed('own/50-models/c6/wine.yaml')])).toContain(command);
  });

  test('has kubectl apply only what starts a tool; the tool deploys its parts itself', () => {
    const parts = [added('own/delivery/flux/50-models.yaml'), added('own/delivery/argo-cd/50-models.yaml')];
    expect(describeChanges('dist', parts)).not.toContain('kubectl');
    expect(describeChanges('dist', [...parts, changed('own/delivery/flux.yaml')])).toContain(
      'kubectl apply --server-side -f dist/own/delivery\n',
    );
  });

  test('says of removed files that apply deletes nothing, and has no command for a stage without others', () => {
    expect(describeChanges('dist', [removed('own/50-models/wine.yaml')])).toBe(`
changed in dist/own: 1 file
  50-models: removed wine.yaml
apply deletes nothing: what the removed files made stays in the cluster. This lists it, asks, and removes it:
  npx ml-platform deploy own --prune
`);
  });

  test('says of an environment that is gone where its removal is described', () => {
    const gone = ['kustomization.yaml', '10-setup/namespaces.yaml'].map((path) => removed(`own/${path}`));
    const text = describeChanges('dist', gone);
    expect(text).toContain('"Remove an environment" in docs/operations.md\n');
    expect(text).not.toContain('--prune');
  });

  test('says nothing of deleting where a file has only moved below its stage', () => {
    const moved = [removed('own/50-models/wine.yaml'), added('own/50-models/c6/wine.yaml')];
    expect(describeChanges('dist', moved)).not.toContain('delete');
  });
});
