/** The health checks of Argo CD, run as Argo CD runs them: Lua that finds the object in "obj". */
import application from '../../../charts/delivery/health/application.lua';
import seldonDeployment from '../../../charts/delivery/health/seldon-deployment.lua';
import { runLua } from '../../support/lua';

const health = (script: string, status: unknown) => {
  const [verdict, message] = runLua(
    `local obj = ...; local health = (function() ${script} end)(); return health.status, health.message`,
    { metadata: { name: 'x' }, status },
  );
  return { status: verdict, message };
};

test.each([
  ['the operator has not seen it', undefined, 'Progressing'],
  ['the operator has written nothing yet', {}, 'Progressing'],
  ['its state is empty', { state: '' }, 'Progressing'],
  ['its pods start', { state: 'Creating' }, 'Progressing'],
  ['it answers', { state: 'Available' }, 'Healthy'],
  ['it failed', { state: 'Failed', description: 'no such image' }, 'Degraded'],
])('a SeldonDeployment: %s', (_, status, expected) => {
  expect(health(seldonDeployment, status).status).toBe(expected);
});

test('a SeldonDeployment that failed says why', () => {
  expect(health(seldonDeployment, { state: 'Failed', description: 'no such image' }).message).toBe('no such image');
});

test.each([
  ['new', undefined, 'Progressing'],
  ['not compared', { sync: { status: 'Unknown' } }, 'Progressing'],
  ['nothing of it is there yet', { health: { status: 'Healthy' }, sync: { status: 'OutOfSync' } }, 'Progressing'],
  ['its objects start', { health: { status: 'Progressing' }, sync: { status: 'Synced' } }, 'Progressing'],
  [
    'one of them is degraded, maybe for a moment',
    { health: { status: 'Degraded' }, sync: { status: 'Synced' } },
    'Progressing',
  ],
  ['all of them run', { health: { status: 'Healthy' }, sync: { status: 'Synced' } }, 'Healthy'],
])('the Application of a stage: %s', (_, status, expected) => {
  expect(health(application, status).status).toBe(expected);
});
