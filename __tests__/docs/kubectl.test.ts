/** The kubectl commands of the documents refer to files and objects that the starting environment has. */
import { readFileSync } from 'node:fs';
import { type Kubectl, kubectlOf } from '../support/kubectl';
import { type Known, kubectlFaults, targetsOf } from '../support/kubectl-targets';
import { blocksOf, codeOf, DOCUMENTS, placeOf } from '../support/markdown';
import { commandsOf } from '../support/shell';
import { startingPlatform, startingPlatformWith } from '../support/starting-platform';

const blocks = DOCUMENTS.flatMap((file) => blocksOf(file)).filter(({ text }) => /\bkubectl\b/.test(text));
const starting = targetsOf(startingPlatform());
const withSettings = (settings?: string) =>
  settings === undefined ? starting : targetsOf(startingPlatformWith(settings));

/** What is wrong with the kubectl commands of a script, one after the other. */
function faultsIn(script: string, targets = starting): string[] {
  const objects = [...targets.objects];
  return commandsOf(script)
    .filter(([program]) => program === 'kubectl')
    .flatMap((words) => {
      const command = kubectlOf(words);
      const faults = kubectlFaults(command, { ...targets, objects });
      objects.push(...createdBy(command, words));
      return faults;
    });
}

/** `kubectl create job NAME` makes a Job. */
const createdBy = ({ verb, flags }: Kubectl, words: readonly string[]): Known[] =>
  verb === 'create' && words[2] === 'job' ? [{ kind: 'Job', namespace: flags.get('-n'), name: words[5] ?? '' }] : [];

test.each(blocks.map((block) => [placeOf(block), block] as const))('%s', (_, { text, marks }) => {
  expect(faultsIn(text, withSettings(marks.with))).toEqual([]);
});

/** Commands in the text, but for those that leave something open. */
const inText = DOCUMENTS.flatMap((file) =>
  codeOf(readFileSync(file, 'utf8'))
    .filter((code) => /^kubectl \S+ .*-n /.test(code) && !/[<…]/.test(code))
    .map((code) => [file, code] as const),
);

test.each(inText)('%s: %s', (_, code) => {
  const settings = code.includes('backup') ? 'postgresql: {backup: {enabled: true}}' : undefined;
  expect(faultsIn(code, withSettings(settings))).toEqual([]);
});

describe('a command', () => {
  test.each([
    ['kubectl apply --server-side -f dist/minikube/99-none', 'apply: dist/ has no dist/minikube/99-none'],
    ['kubectl delete -n mlflow secret none', 'delete: there is no Secret none in mlflow'],
    ['kubectl rollout status -n fe deployment/mlflow', 'rollout status: there is no Deployment mlflow in fe'],
    ['kubectl wait -n fe job -l a=b', 'wait: there is no Job a=b in fe'],
    ['kubectl exec -n postgres postgresql-1 -- ls', 'exec: there is no Pod postgresql-1 in postgres'],
    ['kubectl exec -n postgres postgresql-0 -- /none/x.sh', 'exec: nothing is mounted at /none/x.sh'],
    ['kubectl port-forward -n ml-models svc/none 8000', 'port-forward: there is no Service none in ml-models'],
    ['x=$(kubectl get -n fe secret none)', 'get: there is no Secret none in fe'],
    ['kubectl create job -n postgres x --from=cronjob/none', 'create: there is no CronJob none in postgres'],
  ])('%s is refused', (command, fault) => {
    expect(faultsIn(command)).toEqual([fault]);
  });

  test.each([
    ['kubectl apply --severside -f x', 'kubectl apply has no --severside'],
    ['kubectl destroy -f x', 'kubectl destroy: not a command'],
    ['kubectl get -n fe pots', '"pots" is not a kind'],
  ])('%s is not understood', (command, message) => {
    expect(() => faultsIn(command)).toThrow(message);
  });
});
